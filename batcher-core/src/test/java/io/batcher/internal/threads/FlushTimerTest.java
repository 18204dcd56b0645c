/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.threads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.Batcher;
import io.batcher.BatcherScheduler;
import io.batcher.fixtures.CapturedLog;
import io.batcher.internal.report.Log;
import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * {@link FlushTimer}: in virtual time at most one timer is set, for the moment that is wanted; with other schedulers one for each
 * delay, and none is cancelled.
 */
class FlushTimerTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final VirtualTime time = new VirtualTime();
    private final List<Long> fired = new ArrayList<>();
    private final FlushTimer exact = timer(time, (task, delay) -> {
        throw new IllegalStateException("the process-wide timer is not needed");
    });

    /** A scheduler that keeps what is cancelled until its time, as a plain ScheduledThreadPoolExecutor does. */
    private final class Keeping implements BatcherScheduler {
        private int scheduled;
        private int pending;
        private int cancelled;
        private boolean loses;

        @Override
        public Future<?> schedule(Runnable task, Duration delay) {
            scheduled++;
            pending++;
            time.schedule(() -> pending--, delay);
            if (!loses) {
                time.schedule(task, delay);
            }
            return new CompletableFuture<Void>() {
                @Override
                public boolean cancel(boolean mayInterrupt) {
                    cancelled++;
                    return false;
                }
            };
        }
    }

    private FlushTimer timer(BatcherScheduler users, BatcherScheduler processWide) {
        return new FlushTimer(
                new FallbackScheduler(users, processWide, time, new Log("timer", time)),
                time,
                () -> fired.add(time.nanoTime()));
    }

    private void want(FlushTimer timer, Long at) {
        if (timer.want(at, time.nanoTime(), false)) {
            timer.reconcile();
        }
    }

    private void want(Long at) {
        want(exact, at);
    }

    @Test
    void itFiresAtTheMomentThatIsWanted() {
        want(10L);
        time.advance(Duration.ofNanos(9));
        assertThat(fired).isEmpty();
        time.advance(Duration.ofNanos(100));
        assertThat(fired).containsExactly(10L);
    }

    @Test
    void theSameWishAgainCostsNothing() {
        want(10L);
        assertThat(exact.want(10L, time.nanoTime(), false)).isFalse();
        assertThat(time.pendingTimers()).isEqualTo(1);
    }

    @Test
    void anEarlierWishReplacesTheTimer() {
        want(100L);
        want(10L);
        assertThat(time.pendingTimers()).isEqualTo(1);
        time.advance(Duration.ofNanos(200));
        assertThat(fired).containsExactly(10L);
    }

    @Test
    void aWithdrawnWishCancelsTheTimer() {
        want(10L);
        want((Long) null);
        assertThat(time.pendingTimers()).isZero();
        time.advance(Duration.ofNanos(200));
        assertThat(fired).isEmpty();
        assertThat(exact.want(null, time.nanoTime(), false)).isFalse();
    }

    @Test
    void aLaterWishLeavesTheTimerThatIsSet() {
        want(10L);
        want(100L);
        assertThat(time.pendingTimers()).isEqualTo(1);
        time.advance(Duration.ofNanos(20));
        assertThat(fired).containsExactly(10L); // the thread that it wakes wants it again
        want(100L);
        time.advance(Duration.ofNanos(200));
        assertThat(fired).containsExactly(10L, 100L);
    }

    @Test
    void aMomentThatIsOverFiresAtOnce() {
        time.advance(Duration.ofNanos(50));
        want(10L);
        time.advance(Duration.ZERO);
        assertThat(fired).containsExactly(50L);
    }

    @Test
    void anErrorWhileItIsSetIsMadeGoodByTheNextWishEvenIfThatIsTheSame() {
        boolean[] fails = {true};
        BatcherScheduler processWide = (task, delay) -> {
            if (fails[0]) {
                throw new OutOfMemoryError("no memory for a timer");
            }
            return time.schedule(task, delay);
        };
        FlushTimer failing = timer(null, processWide);
        assertThat(failing.want(10L, time.nanoTime(), false)).isTrue();
        assertThatThrownBy(failing::reconcile).isInstanceOf(OutOfMemoryError.class);
        fails[0] = false;
        assertThat(failing.want(10L, time.nanoTime(), false)).isTrue();
        failing.reconcile();
        time.advance(Duration.ofNanos(10));
        assertThat(fired).containsExactly(10L);
    }

    @Test
    void manyBatchesLeaveOneTimerForEachDelayAndADeadOneInASchedulerThatKeepsCancelledOnes() {
        Keeping scheduler = new Keeping();
        FlushTimer timer = timer(null, scheduler);
        long most = 0;
        for (int batch = 0; batch < 10_000; batch++) {
            want(timer, time.nanoTime() + 500); // the interval
            want(timer, time.nanoTime() + 1_000); // the executor has the task
            want(timer, time.nanoTime() + 30_000); // the time limit of the attempt
            want(timer, null);
            most = Math.max(most, scheduler.pending);
            time.advance(Duration.ofNanos(7));
        }
        assertThat(most).isLessThanOrEqualTo(4);
        assertThat(scheduler.scheduled).isLessThan(1_000);
        time.advance(Duration.ofNanos(30_000));
        assertThat(scheduler.pending).isZero();
    }

    @Test
    void aTimerIsCancelledOnlyWhereNoDeadOneIsLeft() {
        Keeping scheduler = new Keeping();
        FlushTimer timer = timer(null, scheduler);
        want(timer, 100L);
        want(timer, null);
        assertThat(scheduler.cancelled).isEqualTo(1);
        want(timer, 110L);
        want(timer, null);
        want(timer, 150L);
        assertThat(scheduler.cancelled).isEqualTo(1);
        assertThat(scheduler.scheduled).isEqualTo(2);
        time.advance(Duration.ofNanos(110));
        want(timer, 150L);
        time.advance(Duration.ofNanos(40));
        assertThat(fired).containsExactly(100L, 110L, 150L); // the first one, although cancelled, fires here
        want(timer, 300L);
        want(timer, null);
        assertThat(scheduler.cancelled).isEqualTo(2);
    }

    @Test
    void aClosedBatcherCancelsWhatIsSet() {
        Keeping scheduler = new Keeping();
        FlushTimer timer = timer(null, scheduler);
        want(timer, 500L);
        want(timer, 100L);
        assertThat(timer.want(null, time.nanoTime(), true)).isTrue();
        timer.reconcile();
        assertThat(scheduler.cancelled).isEqualTo(2);
        assertThat(timer.want(null, time.nanoTime(), true)).isFalse();
    }

    @Test
    void aTimerThatTheUsersSchedulerHasLostFiresOneSecondLate() {
        Keeping users = new Keeping();
        users.loses = true;
        FlushTimer timer = timer(users, time);
        long at = Duration.ofMillis(500).toNanos();
        try (CapturedLog log = new CapturedLog()) {
            want(timer, at);
            time.advance(Duration.ofNanos(at + SECOND - 1));
            assertThat(fired).isEmpty();
            time.advance(Duration.ofNanos(1));
            assertThat(fired).containsExactly(at + SECOND);
            assertThat(log.lines()).singleElement().asString().contains("did not run a timer");
        }
    }

    @Test
    void aSchedulerThatHasLostATimerIsNotAskedForAMinute() {
        Keeping users = new Keeping();
        users.loses = true;
        FlushTimer timer = timer(users, time);
        try (CapturedLog log = new CapturedLog()) {
            want(timer, 10L);
            time.advance(Duration.ofSeconds(2));
            users.loses = false;
            for (int second = 3; second < 60; second++) {
                want(timer, time.nanoTime() + 10);
                time.advance(Duration.ofSeconds(1));
            }
            assertThat(users.scheduled).isEqualTo(1);
            assertThat(fired.size()).isGreaterThanOrEqualTo(58);
            time.advance(Duration.ofSeconds(3));
            want(timer, time.nanoTime() + 10);
            assertThat(users.scheduled).isEqualTo(2);
        }
    }

    @Test
    void anEarlierTimerMovesTheGuard() {
        Keeping users = new Keeping();
        users.loses = true;
        FlushTimer timer = timer(users, time);
        try (CapturedLog log = new CapturedLog()) {
            want(timer, 10 * SECOND);
            want(timer, SECOND);
            time.advance(Duration.ofSeconds(2));
            assertThat(fired).containsExactly(2 * SECOND);
        }
    }

    @Test
    void aTimerThatTheUsersSchedulerRunsAfterTheGuardDoesNothing() {
        List<Runnable> late = new ArrayList<>();
        FlushTimer timer = timer(
                (task, delay) -> {
                    late.add(task);
                    return new CompletableFuture<>();
                },
                time);
        try (CapturedLog log = new CapturedLog()) {
            want(timer, 10L);
            time.advance(Duration.ofSeconds(2));
            assertThat(fired).hasSize(1);
            late.forEach(Runnable::run);
            assertThat(fired).hasSize(1);
        }
    }

    @Test
    void aBatcherNeverHasMoreThanOneTimerInVirtualTime() {
        Batcher<String> batcher = time.applyTo(Batcher.<String>builder("timer"))
                .handler(batch -> {})
                .maxBatchSize(2)
                .build();
        for (int i = 0; i < 50; i++) {
            batcher.add("x");
            time.advance(Duration.ofMillis(i * 13 % 300));
            assertThat(time.pendingTimers()).isLessThanOrEqualTo(1);
        }
        batcher.close();
        assertThat(time.pendingTimers()).isZero();
    }
}
