/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.BatcherState;
import io.batcher.DeadLetter;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatcherCustomizer;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.DeadLetterHandler;
import io.batcher.spring.fixtures.Contexts;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.event.ContextClosedEvent;

/** S5: a context that closes delivers all it can, and hands on what it cannot while the beans for that are there. */
@ExtendWith(OutputCaptureExtension.class)
class ClosingTest {

    private final ApplicationContextRunner contexts = Contexts.inVirtualTime()
            .withUserConfiguration(Readings.class)
            .withPropertyValues("batcher.defaults.shutdown-timeout=7s");

    @Test
    void closeDeliversWhatAPausedBatcherHolds() {
        Readings[] readings = new Readings[1];
        contexts.run(context -> {
            readings[0] = context.getBean(Readings.class);
            readings[0].batcher.pause();
            readings[0].batcher.add("item");
        });
        assertThat(readings[0].items).containsExactly("item");
        assertThat(readings[0].destroyedWith).containsExactly("item");
    }

    @Test
    void whatIsAddedByBeansThatAreBeingDestroyedIsStillDelivered() {
        Readings[] readings = new Readings[1];
        contexts.withUserConfiguration(LastWords.class).run(context -> readings[0] = context.getBean(Readings.class));
        assertThat(readings[0].items).containsExactly("last words");
        assertThat(readings[0].destroyedWith).containsExactly("last words");
    }

    @Test
    void theBeanOfAHandlerThatIsFoundLateIsDestroyedAfterTheBatcherIsClosed() {
        Late[] late = new Late[1];
        contexts.withUserConfiguration(LateHandler.class)
                .withPropertyValues("batcher.instances.late.item-type=java.lang.String")
                .run(context -> {
                    late[0] = (Late) context.getBean(Runnable.class);
                    late[0].batcher.add("before");
                    context.getSourceApplicationContext().stop();
                    late[0].batcher.pause(); // so that only the closing delivers the next
                    late[0].batcher.add("last");
                });
        assertThat(late[0].items).containsExactly("before", "last");
        assertThat(late[0].destroyedWith).containsExactly("before", "last");
        assertThat(late[0].destroyedIn).isEqualTo(BatcherState.CLOSED);
    }

    @Test
    void whatCannotBeDeliveredGoesToTheDeadLetterMethodBeforeItsBeanIsDestroyed() {
        Broken[] broken = new Broken[1];
        contexts.withUserConfiguration(Broken.class).run(context -> {
            broken[0] = context.getBean(Broken.class);
            broken[0].batcher.add("item");
        });
        assertThat(broken[0].dead).containsExactly("item");
        assertThat(broken[0].deadAtDestruction).containsExactly("item");
    }

    @Test
    void whatCouldBeDrainedStaysOpenUntilItIsDestroyed() {
        contexts.withUserConfiguration(Broken.class, LastWords.class).run(context -> {
            Readings readings = context.getBean(Readings.class);
            context.getBean(Broken.class).batcher.add("item");
            context.publishEvent(new ContextClosedEvent(context.getSourceApplicationContext()));
            context.getBean(BatcherLifecycle.class).stop();
            assertThat(context.getBean(Broken.class).batcher.stats().state()).isEqualTo(BatcherState.CLOSED);
            assertThat(context.getBean(Broken.class).dead).containsExactly("item");
            assertThat(readings.batcher.stats().state()).isEqualTo(BatcherState.DRAINING);
        });
    }

    @Test
    void theLogTellsWhatIsLeftAndWhy(CapturedOutput output) {
        contexts.withUserConfiguration(Broken.class)
                .run(context -> context.getBean(Broken.class).batcher.add("item"));
        assertThat(output)
                .contains(
                        "Batcher \"broken\" is not drained: 1 item is left",
                        "java.lang.IllegalStateException: no",
                        "Batcher \"broken\" is closed with 1 item not delivered");
    }

    @Test
    void thereIsNothingToTellOfABatcherWithoutHandlerAndItems(CapturedOutput output) {
        contexts.withPropertyValues("batcher.instances.audit.item-type=java.lang.String")
                .run(context -> assertThat(context).hasNotFailed());
        assertThat(output).doesNotContain("audit");
    }

    @Test
    void severalHandlersThatHangCostTheShutdownOneTimeoutForTheDrainAndOneForTheClose() {
        Hanging hanging = new Hanging();
        List<String> names = List.of("a", "b", "c", "d", "e");
        Contexts.inRealTime()
                .withBean(BatcherCustomizer.class, () -> hanging)
                .withPropertyValues("batcher.defaults.shutdown-timeout=1s", "batcher.defaults.interval=1ms")
                .withPropertyValues(names.stream()
                        .map(name -> "batcher.instances." + name + ".item-type=java.lang.String")
                        .toArray(String[]::new))
                .run(context -> {
                    BatcherRegistry registry = context.getBean(BatcherRegistry.class);
                    names.forEach(name -> registry.get(name, String.class).add(name));
                    long before = System.nanoTime();
                    context.getSourceApplicationContext().close();
                    assertThat(Duration.ofNanos(System.nanoTime() - before))
                            .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(5));
                    assertThat(hanging.dead).containsExactlyInAnyOrderElementsOf(names);
                    hanging.forever.countDown();
                });
    }

    static class Readings {

        final List<String> items = new ArrayList<>();
        final List<String> destroyedWith = new ArrayList<>();
        final Batcher<String> batcher;

        Readings(@Qualifier("readings") Batcher<String> batcher) {
            this.batcher = batcher;
        }

        @BatchHandler("readings")
        void handle(List<String> batch) {
            items.addAll(batch);
        }

        @PreDestroy
        void destroyed() {
            destroyedWith.addAll(items);
        }
    }

    /** Its handler is hidden by the return type, and found when the bean is requested. */
    @Configuration(proxyBeanMethods = false)
    static class LateHandler {

        @Bean
        @Lazy
        Runnable late(@Qualifier("late") Batcher<String> batcher) {
            return new Late(batcher);
        }
    }

    static class Late implements Runnable {

        final List<String> items = new ArrayList<>();
        final List<String> destroyedWith = new ArrayList<>();
        final Batcher<String> batcher;
        BatcherState destroyedIn;

        Late(Batcher<String> batcher) {
            this.batcher = batcher;
        }

        @BatchHandler("late")
        void handle(List<String> batch) {
            items.addAll(batch);
        }

        @Override
        public void run() {}

        @PreDestroy
        void destroyed() {
            destroyedWith.addAll(items);
            destroyedIn = batcher.stats().state();
        }
    }

    static class LastWords {

        private final Batcher<String> batcher;

        LastWords(@Qualifier("readings") Batcher<String> batcher) {
            this.batcher = batcher;
        }

        @PreDestroy
        void speak() {
            batcher.add("last words");
        }
    }

    static class Broken {

        final List<String> dead = new ArrayList<>();
        final List<String> deadAtDestruction = new ArrayList<>();
        final Batcher<String> batcher;

        Broken(@Qualifier("broken") Batcher<String> batcher) {
            this.batcher = batcher;
        }

        @BatchHandler("broken")
        void handle(List<String> batch) {
            throw new IllegalStateException("no");
        }

        @DeadLetterHandler("broken")
        void dead(DeadLetter<String> letter) {
            dead.addAll(letter.items());
        }

        @PreDestroy
        void destroyed() {
            deadAtDestruction.addAll(dead);
        }
    }

    /** A handler that does not even heed an interrupt, as a driver that waits for its socket. */
    static class Hanging implements BatcherCustomizer {

        final CountDownLatch forever = new CountDownLatch(1);
        final List<Object> dead = new CopyOnWriteArrayList<>();

        @Override
        public void customize(String name, BatcherBuilder<?> builder) {
            builder.handler(batch -> hang()).onDeadLetter(letter -> dead.addAll(letter.items()));
        }

        private void hang() {
            while (forever.getCount() > 0) {
                try {
                    forever.await();
                } catch (InterruptedException e) {
                    // goes on waiting
                }
            }
        }
    }
}
