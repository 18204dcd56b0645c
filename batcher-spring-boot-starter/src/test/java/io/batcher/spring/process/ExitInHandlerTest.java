/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.DeadLetter;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.DeadLetterHandler;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.event.EventListener;

/** S5: {@code System.exit} inside a handler, whose call never returns: what waits is delivered, and the process ends soon. */
class ExitInHandlerTest {

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void onlyTheBatchOfTheCallIsLeftAndWhatWaitsIsDelivered(boolean virtualThreads) throws Exception {
        try (ForkedJvm application = start(Exiting.class, "--spring.threads.virtual.enabled=" + virtualThreads)) {
            application.awaitLine("exiting");
            long exiting = System.nanoTime();
            assertThat(application.awaitExit()).isEqualTo(3);
            assertThat(Duration.ofNanos(System.nanoTime() - exiting)).isLessThan(Duration.ofSeconds(10));
            assertThat(application.output())
                    .containsSubsequence("handled [a]", "handled [b]", "handled [c]", "dead [exit]")
                    .contains(
                            "Batcher \"readings\" is closed with 1 item not delivered; its dead-letter handler was called"
                                    + " with them");
        }
    }

    @org.junit.jupiter.api.Test
    void afterSpringApplicationExitNothingIsLeft() throws Exception {
        try (ForkedJvm application = start(ExitingInOrder.class)) {
            application.awaitLine("exiting");
            // 0 if the JVM ends first, because the threads of handlers are daemons and no other is left then.
            assertThat(application.awaitExit()).isIn(0, 3);
            assertThat(application.output())
                    .containsSubsequence("handled [a]", "handled [b]", "handled [c]")
                    .doesNotContain("dead [", "not delivered");
        }
    }

    private static ForkedJvm start(Class<?> application, String... more) throws java.io.IOException {
        List<String> arguments = new java.util.ArrayList<>(List.of(
                "--spring.main.web-application-type=none",
                "--spring.main.keep-alive=true",
                "--batcher.instances.readings.interval=1h",
                "--batcher.instances.readings.max-batch-size=1"));
        arguments.addAll(List.of(more));
        return ForkedJvm.start(application, arguments.toArray(String[]::new));
    }

    @EnableAutoConfiguration
    static class Exiting {

        final Batcher<String> batcher;
        final ApplicationContext context;

        Exiting(Batcher<String> batcher, ApplicationContext context) {
            this.batcher = batcher;
            this.context = context;
        }

        public static void main(String[] args) {
            SpringApplication.run(Exiting.class, args);
        }

        @EventListener(ApplicationReadyEvent.class)
        void ready() {
            batcher.pause();
            batcher.addMany(List.of("a", "exit", "b", "c"));
            batcher.resume();
        }

        @BatchHandler("readings")
        void store(List<String> batch) {
            if (batch.contains("exit")) {
                System.out.println("exiting");
                exit();
            }
            System.out.println("handled " + batch);
        }

        void exit() {
            System.exit(3);
        }

        @DeadLetterHandler("readings")
        void dead(DeadLetter<String> letter) {
            System.out.println("dead " + letter.items());
        }
    }

    static class ExitingInOrder extends Exiting {

        ExitingInOrder(Batcher<String> batcher, ApplicationContext context) {
            super(batcher, context);
        }

        public static void main(String[] args) {
            SpringApplication.run(ExitingInOrder.class, args);
        }

        @Override
        void exit() {
            System.exit(SpringApplication.exit(context, () -> 3));
        }
    }
}
