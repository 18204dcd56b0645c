/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.Batcher;
import io.batcher.BatcherClock;
import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** {@link FlushTimer}: at most one timer is set, for the moment that is wanted. */
class FlushTimerTest {

    private final VirtualTime time = new VirtualTime();
    private final List<Long> fired = new ArrayList<>();
    private final int[] scheduled = new int[1];
    private final FlushTimer timer = new FlushTimer(
            new Scheduling(
                    (task, delay) -> {
                        scheduled[0]++;
                        return time.schedule(task, delay);
                    },
                    new Log("timer", time)),
            time,
            this::fire);

    private void fire() {
        fired.add(time.nanoTime());
    }

    private void want(Long at) {
        if (timer.want(at)) {
            timer.reconcile();
        }
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
        assertThat(timer.want(10L)).isFalse();
        assertThat(scheduled[0]).isEqualTo(1);
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
        want(null);
        assertThat(time.pendingTimers()).isZero();
        time.advance(Duration.ofNanos(200));
        assertThat(fired).isEmpty();
        assertThat(timer.want(null)).isFalse();
    }

    @Test
    void aLaterWishLeavesTheTimerThatIsSet() {
        want(10L);
        want(100L);
        assertThat(time.pendingTimers()).isEqualTo(1);
        assertThat(scheduled[0]).isEqualTo(1);
        time.advance(Duration.ofNanos(20));
        assertThat(fired).containsExactly(10L); // whoever is woken wants it again
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
        BatcherClock clock = new BatcherClock() {
            @Override
            public long nanoTime() {
                if (fails[0]) {
                    throw new StackOverflowError("the producer's stack ends here");
                }
                return time.nanoTime();
            }

            @Override
            public Instant instant() {
                return time.instant();
            }

            @Override
            public boolean await(CountDownLatch latch, long nanos) throws InterruptedException {
                return time.await(latch, nanos);
            }
        };
        FlushTimer failing =
                new FlushTimer(new Scheduling(time, new Log("timer", time)), clock, () -> fired.add(time.nanoTime()));
        assertThat(failing.want(10L)).isTrue();
        assertThatThrownBy(failing::reconcile).isInstanceOf(StackOverflowError.class);
        fails[0] = false;
        assertThat(failing.want(10L)).isTrue();
        failing.reconcile();
        time.advance(Duration.ofNanos(10));
        assertThat(fired).containsExactly(10L);
    }

    @Test
    void aBatcherNeverHasMoreThanOneTimer() {
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
