/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.BatcherStats;
import io.batcher.CloseResult;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import io.batcher.fixtures.CapturedLog;
import io.batcher.fixtures.WatchedClock;
import java.time.Duration;
import java.util.Collections;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** G6, virtual machine errors on an application thread: what the engine cannot do at the end of a stack is done later. */
class G06ExhaustionTest {

    private static final int ROUNDS = 100;
    private static final int DEPTHS = 100;
    private static final long SMALL_STACK = 200_000;
    private static final Timer TIMER = new Timer("timer", true);

    /** Runs the action at each depth of an overflowed stack, from its end up, so that some depth is just too short for it. */
    private static final class Diver {
        private final IntConsumer action;

        Diver(IntConsumer action) {
            this.action = action;
        }

        void dive() throws InterruptedException {
            Thread thread = new Thread(null, this::deeper, "deep", SMALL_STACK);
            thread.start();
            thread.join();
        }

        private int deeper() {
            int depth;
            try {
                depth = deeper() + 1;
            } catch (StackOverflowError end) {
                depth = 0;
            }
            if (depth < DEPTHS) {
                try {
                    action.accept(depth);
                } catch (StackOverflowError tooShort) {
                    // the item may or may not have been accepted: the test checks that the batcher continues
                }
            }
            return depth;
        }
    }

    /** Uses threads and timers that lock with monitors: locks of java.util.concurrent may stay locked after an overflow (JEP 270). */
    private static BatcherBuilder<String> deep() {
        return Batcher.<String>builder("deep")
                .interval(Duration.ofHours(1))
                .executor(task -> new Thread(task, "worker").start())
                .scheduler((task, delay) -> {
                    FutureTask<Void> future = new FutureTask<>(task, null);
                    TIMER.schedule(
                            new TimerTask() {
                                @Override
                                public void run() {
                                    future.run();
                                }
                            },
                            delay.toMillis());
                    return future;
                });
    }

    /** Real threads; the test waits for the flush only. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aProducerWhoseStackOverflowsDoesNotStopTheBatcher(boolean submits) throws Exception {
        Batcher<String> batcher =
                deep().maxBatchSize(1_000).handler(batch -> {}).build();
        Consumer<String> add = submits ? batcher::submit : batcher::add;
        for (int round = 0; round < ROUNDS; round++) {
            batcher.addMany(Collections.nCopies(1_000, "all of a batch, so that the next chunk is as long"));
            batcher.add("opens the chunk");
            new Diver(depth -> add.accept("deep")).dive();
            CompletableFuture<Void> flushed = batcher.flush();
            assertThat(flushed).as("round %s", round).succeedsWithin(10, TimeUnit.SECONDS);
        }
        BatcherStats stats = batcher.stats();
        assertThat(stats.depth()).isZero();
        assertThat(stats.accepted()).isEqualTo(stats.handled());
        assertThat(batcher.close(Duration.ofSeconds(10)).timedOut()).isFalse();
    }

    @Test
    void anEngineErrorDuringCloseEndsTheDrain() {
        boolean[] fails = {false};
        try (CapturedLog quiet = new CapturedLog()) {
            BatcherFixture rig = new BatcherFixture(
                    CallStyle.SYNC,
                    builder -> builder.clock(new WatchedClock(builder.config().clock()) {
                        @Override
                        public java.time.Instant instant() {
                            if (fails[0]) {
                                throw new OutOfMemoryError("in the engine");
                            }
                            return super.instant();
                        }
                    }));
            rig.add("a", "b");
            fails[0] = true;
            CloseResult<String> result = rig.batcher.close(Duration.ofSeconds(5));
            assertThat(result.undelivered()).containsExactly("a", "b");
            assertThat(result.timedOut()).isFalse();
            assertThat(rig.millis()).isZero();
        }
    }
}
