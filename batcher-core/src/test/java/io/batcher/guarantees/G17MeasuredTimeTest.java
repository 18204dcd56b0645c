/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batch;
import io.batcher.BatchFailure;
import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.BatcherClock;
import io.batcher.BatcherListener;
import io.batcher.fixtures.CallStyle;
import io.batcher.testing.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** G17: time is measured from the call of the handler to its return or the end of its stage, without listeners and waits for a thread. */
class G17MeasuredTimeTest {

    private static final Duration LIMIT = Duration.ofMillis(200);

    private final VirtualTime time = new VirtualTime();
    private final List<Duration> took = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();
    private final List<Runnable> late = new ArrayList<>();
    private Duration listens = Duration.ZERO;

    private Batcher<String> batcher(UnaryOperator<BatcherBuilder<String>> options) {
        return options.apply(time.applyTo(Batcher.<String>builder("timed"))
                        .handlerTimeout(LIMIT)
                        .onError(failure -> failures.add(failure.cause()))
                        .listener(new BatcherListener() {
                            @Override
                            public void onBatchStarted(String batcher, Batch<?> batch) {
                                time.advance(listens);
                            }

                            @Override
                            public void onBatchHandled(String batcher, Batch<?> batch, Duration time) {
                                took.add(time);
                            }

                            @Override
                            public void onBatchFailed(BatchFailure<?> failure, Duration time) {
                                took.add(time);
                            }
                        }))
                .build();
    }

    private void advanceMillis(long millis) {
        time.advance(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @EnumSource
    void theTimeOfASlowListenerIsNotMeasured(CallStyle style) {
        listens = Duration.ofMillis(400);
        boolean[] interrupted = new boolean[1];
        Batcher<String> batcher = batcher(builder -> style.install(builder, time, batch -> {
            advanceMillis(50);
            interrupted[0] |= Thread.currentThread().isInterrupted();
        }));
        batcher.add("a");
        advanceMillis(10_000);
        assertThat(failures).isEmpty();
        assertThat(took).containsExactly(Duration.ofMillis(50));
        assertThat(interrupted[0]).isFalse();
        assertThat(batcher.stats().handled()).isEqualTo(1);
        batcher.close();
    }

    @ParameterizedTest
    @EnumSource
    void aFailureInTimeKeepsItsCauseAfterASlowListener(CallStyle style) {
        listens = Duration.ofMillis(400);
        IOException cause = new IOException("net");
        Batcher<String> batcher = batcher(builder -> style.install(builder, time, batch -> {
            if (batch.attempt() == 1) {
                advanceMillis(199);
                throw cause;
            }
        }));
        batcher.add("a");
        advanceMillis(10_000);
        assertThat(failures).containsExactly(cause);
        assertThat(took.get(0)).isEqualTo(Duration.ofMillis(199));
        batcher.close();
    }

    @Test
    void aSlowListenerDoesNotChangeTheTimeoutOfTheHandler() {
        listens = Duration.ofMillis(400);
        CompletableFuture<Void> stage = new CompletableFuture<>();
        Batcher<String> batcher = batcher(builder -> builder.asyncHandler(batch -> stage));
        batcher.add("a");
        advanceMillis(500 + 400 + 199);
        assertThat(stage).isNotDone();
        advanceMillis(1);
        assertThat(stage).isCancelled();
        assertThat(failures.get(0)).isInstanceOf(TimeoutException.class);
        assertThat(took).containsExactly(LIMIT);
    }

    /** Returns a batcher whose executor runs late after the stage has ended. */
    private Batcher<String> goingOnLate(CompletableFuture<Void> stage) {
        return batcher(builder -> builder.maxBatchSize(1)
                .asyncHandler(batch -> batch.attempt() == 1 ? stage : CompletableFuture.completedFuture(null))
                .executor(late::add));
    }

    private void runLate() {
        List<Runnable> tasks = List.copyOf(late);
        late.clear();
        tasks.forEach(Runnable::run);
    }

    @Test
    void aStageThatSucceedsInTimeIsASuccessWithALateExecutor() {
        CompletableFuture<Void> stage = new CompletableFuture<>();
        Batcher<String> batcher = goingOnLate(stage);
        batcher.add("a");
        runLate();
        advanceMillis(199);
        stage.complete(null);
        advanceMillis(5_000);
        runLate();
        assertThat(failures).isEmpty();
        assertThat(batcher.stats().handled()).isEqualTo(1);
        assertThat(took).containsExactly(Duration.ofMillis(199));
    }

    @Test
    void aStageThatFailsInTimeKeepsItsCauseWithALateExecutor() {
        CompletableFuture<Void> stage = new CompletableFuture<>();
        Batcher<String> batcher = goingOnLate(stage);
        batcher.add("a");
        runLate();
        advanceMillis(199);
        IOException cause = new IOException("net");
        stage.completeExceptionally(cause);
        advanceMillis(5_000);
        runLate();
        assertThat(failures).containsExactly(cause);
        assertThat(took).containsExactly(Duration.ofMillis(199));
    }

    @Test
    void theMeasuredTimeOfAnAsyncTimeoutIsTheTimeoutWithALateExecutor() {
        CompletableFuture<Void> stage = new CompletableFuture<>();
        Batcher<String> batcher = goingOnLate(stage);
        batcher.add("a");
        runLate();
        advanceMillis(5_000);
        runLate();
        assertThat(took).containsExactly(LIMIT);
        assertThat(stage).isCancelled();
    }

    @Test
    void aStageThatEndsInTimeIsNotCancelledWithALateExecutor() {
        boolean[] cancelled = new boolean[1];
        CompletableFuture<Void> stage = new CompletableFuture<>() {
            @Override
            public boolean cancel(boolean mayInterrupt) {
                cancelled[0] = true;
                return super.cancel(mayInterrupt);
            }
        };
        Batcher<String> batcher = goingOnLate(stage);
        batcher.add("a");
        runLate();
        stage.complete(null);
        advanceMillis(5_000);
        runLate();
        assertThat(batcher.stats().handled()).isEqualTo(1);
        assertThat(cancelled[0]).isFalse();
    }

    /** The timer fires late, so the stage ends first. */
    @Test
    void aLateStageThatFailsHasTimedOutAndOneThatSucceedsHasNot() {
        List<CompletableFuture<Void>> stages = new ArrayList<>();
        Batcher<String> batcher = batcher(builder -> builder.maxBatchSize(1)
                .scheduler((task, delay) -> time.schedule(task, delay.multipliedBy(2)))
                .asyncHandler(batch -> {
                    stages.add(new CompletableFuture<>());
                    return stages.get(stages.size() - 1);
                }));
        IOException cause = new IOException("net");
        batcher.add("a");
        advanceMillis(200);
        stages.get(0).completeExceptionally(cause);
        advanceMillis(1_000);
        assertThat(failures.get(0)).isInstanceOf(TimeoutException.class).hasSuppressedException(cause);
        advanceMillis(250);
        stages.get(1).complete(null);
        advanceMillis(0);
        assertThat(batcher.stats().handled()).isEqualTo(1);
    }

    /** A scheduler that is slow to set the timer. */
    @ParameterizedTest
    @EnumSource
    void theTimeOfASlowSchedulerIsNotMeasured(CallStyle style) {
        for (int early : new int[] {0, 150}) {
            took.clear();
            boolean[] slow = {true};
            Batcher<String> batcher = batcher(builder -> style.install(builder, time, batch -> advanceMillis(199))
                    .scheduler((task, delay) -> {
                        var timer = time.schedule(task, delay.minusMillis(delay.equals(LIMIT) ? early : 0));
                        if (delay.equals(LIMIT) && slow[0]) {
                            slow[0] = false;
                            advanceMillis(300); // while the timer is set
                        }
                        return timer;
                    }));
            batcher.add("a");
            advanceMillis(5_000);
            assertThat(failures).isEmpty();
            assertThat(took).containsExactly(Duration.ofMillis(199));
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            batcher.close();
        }
    }

    @Test
    void aTimerThatFiresEarlyIsSetAgainForTheRest() {
        CompletableFuture<Void> stage = new CompletableFuture<>();
        Batcher<String> batcher = batcher(builder -> builder.asyncHandler(batch -> stage)
                .maxBatchSize(1)
                .scheduler((task, delay) -> time.schedule(task, delay.minusMillis(delay.equals(LIMIT) ? 150 : 0))));
        batcher.add("a");
        advanceMillis(199);
        assertThat(stage).isNotDone();
        advanceMillis(1);
        assertThat(stage).isCancelled();
    }

    @Test
    void aSyncCallThatThrowsInTimeKeepsItsCauseIfTheTimerFiresMeanwhile() {
        IOException cause = new IOException("net");
        BatcherClock moving = new MovingClock();
        Batcher<String> batcher =
                batcher(builder -> builder.clock(moving).maxBatchSize(1).handler(batch -> {
                    if (batch.attempt() == 1) {
                        advanceMillis(199);
                        afterNextLook = Duration.ofMillis(100);
                        throw cause;
                    }
                }));
        batcher.add("a");
        advanceMillis(0);
        assertThat(failures).containsExactly(cause);
        assertThat(took).containsExactly(Duration.ofMillis(199));
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    private Duration afterNextLook = Duration.ZERO;

    /** A clock whose time advances, and whose timers fire, right after it is read. */
    private final class MovingClock implements BatcherClock {
        @Override
        public long nanoTime() {
            long now = time.nanoTime();
            Duration passes = afterNextLook;
            afterNextLook = Duration.ZERO;
            if (!passes.isZero()) {
                time.advance(passes);
            }
            return now;
        }

        @Override
        public java.time.Instant instant() {
            return time.instant();
        }

        @Override
        public boolean await(java.util.concurrent.CountDownLatch latch, long nanos) throws InterruptedException {
            return time.await(latch, nanos);
        }
    }
}
