/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.spring.BatchHandler;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;

/** S5, over a real SIGTERM, when the logging of the JDK falls silent: the log says once what could not be delivered. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "a process cannot be told to stop there, only be killed")
class UndeliveredAtShutdownTest {

    @Test
    void whatCouldNotBeDeliveredIsCountedOnce() throws Exception {
        try (ForkedJvm application = ForkedJvm.start(
                Down.class,
                "--spring.main.web-application-type=none",
                "--spring.main.keep-alive=true",
                "--batcher.instances.readings.interval=1h")) {
            application.awaitLine("added");
            application.terminate();
            application.awaitExit();
            assertThat(application.output())
                    .contains("Batcher \"readings\" is not drained: 2 items are left")
                    .containsOnlyOnce("not delivered")
                    .contains("Batcher \"readings\" is closed with 2 items not delivered; add a method with"
                            + " @DeadLetterHandler(\"readings\") to keep such items");
        }
    }

    @EnableAutoConfiguration
    static class Down {

        private final Batcher<String> batcher;

        Down(Batcher<String> batcher) {
            this.batcher = batcher;
        }

        public static void main(String[] args) {
            SpringApplication.run(Down.class, args);
        }

        @EventListener(ApplicationReadyEvent.class)
        void ready() {
            batcher.addMany(List.of("a", "b"));
            System.out.println("added");
        }

        @BatchHandler("readings")
        void store(List<String> batch) {
            throw new IllegalStateException("down");
        }
    }
}
