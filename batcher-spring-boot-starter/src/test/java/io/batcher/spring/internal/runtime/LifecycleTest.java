/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.BatcherState;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.fixtures.Contexts;
import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mockito.Mockito;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.ExecutorConfigurationSupport;

/** S5: what happens when the application stops, starts again, and goes. */
@ExtendWith(OutputCaptureExtension.class)
class LifecycleTest {

    private final ApplicationContextRunner contexts = Contexts.inVirtualTime()
            .withUserConfiguration(Readings.class)
            .withPropertyValues("batcher.defaults.shutdown-timeout=7s");

    @Test
    void itStopsAfterWebServerAndExecutorsAndBeforeEverythingElse() {
        contexts.run(context -> {
            SmartLifecycle lifecycle = context.getBean(BatcherLifecycle.class);
            assertThat(lifecycle.isRunning()).isTrue();
            assertThat(lifecycle.getPhase())
                    .isEqualTo(ExecutorConfigurationSupport.DEFAULT_PHASE - 1024)
                    .isLessThan(WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE)
                    .isPositive();
        });
    }

    @Test
    void stopDeliversWhatIsThereAndWhatComesLaterGoesAtOnce() {
        contexts.run(context -> {
            Readings readings = context.getBean(Readings.class);
            readings.batcher.add("before");
            context.stop();
            assertThat(readings.items).containsExactly("before");
            assertThat(readings.batcher.stats().state()).isEqualTo(BatcherState.DRAINING);
            readings.batcher.add("while stopped");
            context.getBean(VirtualTime.class).runReady();
            assertThat(readings.items).containsExactly("before", "while stopped");
        });
    }

    @Test
    void theStartersThreadsWorkOnWhileTheContextIsStopped() {
        Contexts.inRealTime().withUserConfiguration(Readings.class).run(context -> {
            context.stop();
            Readings readings = context.getBean(Readings.class);
            readings.batcher.submit("while stopped").join();
            assertThat(readings.items).containsExactly("while stopped");
        });
    }

    @Test
    void startAfterStopWaitsForTheIntervalAgain() {
        contexts.run(context -> {
            Readings readings = context.getBean(Readings.class);
            context.stop();
            context.start();
            assertThat(readings.batcher.stats().state()).isEqualTo(BatcherState.RUNNING);
            readings.batcher.add("after");
            context.getBean(VirtualTime.class).advance(Duration.ofMillis(499));
            assertThat(readings.items).isEmpty();
            context.getBean(VirtualTime.class).advance(Duration.ofMillis(1));
            assertThat(readings.items).containsExactly("after");
        });
    }

    @Test
    void aContextMayBePausedAndRestarted() {
        contexts.run(context -> {
            Readings readings = context.getBean(Readings.class);
            readings.batcher.add("before");
            context.getSourceApplicationContext().pause();
            assertThat(readings.items).containsExactly("before");
            context.getSourceApplicationContext().restart();
            readings.batcher.add("after");
            context.getBean(VirtualTime.class).advance(Duration.ofMillis(499));
            assertThat(readings.items).containsExactly("before");
            context.getBean(VirtualTime.class).advance(Duration.ofMillis(1));
            assertThat(readings.items).containsExactly("before", "after");
        });
    }

    @Test
    void startAfterStopLeavesTicksOffThatWereNeverOn() {
        contexts.withPropertyValues("batcher.instances.readings.auto-flush=false")
                .run(context -> {
                    Readings readings = context.getBean(Readings.class);
                    context.stop();
                    context.start();
                    readings.batcher.add("after");
                    context.getBean(VirtualTime.class).advance(Duration.ofHours(1));
                    assertThat(readings.items).isEmpty();
                });
    }

    @Test
    void theFirstStartChangesNothing() {
        contexts.withPropertyValues("batcher.instances.readings.auto-flush=false")
                .run(context -> {
                    Readings readings = context.getBean(Readings.class);
                    readings.batcher.add("item");
                    context.getBean(VirtualTime.class).advance(Duration.ofHours(1));
                    assertThat(readings.items).isEmpty();
                });
    }

    @Test
    void stopWaitsNoLongerThanTheShutdownTimeout(CapturedOutput output) {
        contexts.withUserConfiguration(Stuck.class).run(context -> {
            Stuck stuck = context.getBean(Stuck.class);
            stuck.batcher.add(1L);
            VirtualTime time = context.getBean(VirtualTime.class);
            long before = time.nanoTime();
            context.stop();
            assertThat(Duration.ofNanos(time.nanoTime() - before)).isEqualTo(Duration.ofSeconds(7));
            assertThat(stuck.batcher.stats().depth()).isEqualTo(1);
            assertThat(output).contains("Batcher \"stuck\" is not drained within its shutdown timeout: 1 item is left");
            stuck.stage.complete(null);
        });
    }

    @Test
    void stopLeavesAPausedBatcherPausedAndDoesNotWaitForIt() {
        contexts.run(context -> {
            Readings readings = context.getBean(Readings.class);
            readings.batcher.pause();
            readings.batcher.add("item");
            VirtualTime time = context.getBean(VirtualTime.class);
            long before = time.nanoTime();
            context.stop();
            assertThat(time.nanoTime()).isEqualTo(before);
            assertThat(readings.items).isEmpty();
            context.start();
            assertThat(readings.batcher.stats().state()).isEqualTo(BatcherState.PAUSED);
        });
    }

    @Test
    void theApplicationsOwnBatchersAreDrainedToo() {
        List<String> items = new ArrayList<>();
        contexts.withBean(
                        "mine",
                        Batcher.class,
                        () -> Batcher.<String>builder("mine")
                                .interval(Duration.ofHours(1))
                                .handler(items::addAll)
                                .build())
                .run(context -> {
                    @SuppressWarnings("unchecked")
                    Batcher<String> mine = (Batcher<String>) context.getBean("mine");
                    mine.add("item");
                    context.stop();
                    assertThat(items).containsExactly("item");
                });
    }

    @Test
    void oneThatCannotBeDrainedDoesNotKeepTheOthersFromIt(CapturedOutput output) {
        contexts.withBean("aDefect", Batcher.class, LifecycleTest::defect).run(context -> {
            Readings readings = context.getBean(Readings.class);
            readings.batcher.add("item");
            context.stop();
            assertThat(readings.items).containsExactly("item");
            assertThat(output).contains("Batcher \"aDefect\" cannot be drained");
        });
    }

    private static Batcher<?> defect() {
        try (Batcher<String> real = Batcher.<String>builder("real").build()) {
            Batcher<?> defect = Mockito.mock(Batcher.class);
            Mockito.when(defect.stats()).thenReturn(real.stats());
            Mockito.when(defect.drain()).thenThrow(new IllegalStateException("defect"));
            return defect;
        }
    }

    static class Readings {

        final List<String> items = new ArrayList<>();
        final Batcher<String> batcher;

        Readings(@Qualifier("readings") Batcher<String> batcher) {
            this.batcher = batcher;
        }

        @BatchHandler("readings")
        void handle(List<String> batch) {
            items.addAll(batch);
        }
    }

    static class Stuck {

        final CompletableFuture<Void> stage = new CompletableFuture<>();
        final Batcher<Long> batcher;

        Stuck(Batcher<Long> batcher) {
            this.batcher = batcher;
        }

        @BatchHandler("stuck")
        CompletionStage<Void> handle(List<Long> batch) {
            return stage;
        }
    }
}
