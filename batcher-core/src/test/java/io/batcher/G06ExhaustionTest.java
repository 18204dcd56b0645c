/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** G6, errors of the virtual machine on a thread of the application: what the engine does at the end of a stack is done later. */
class G06ExhaustionTest {

    private static final int ROUNDS = 100;
    private static final int DEPTHS = 100;
    private static final long SMALL_STACK = 200_000;
    private static final Timer TIMER = new Timer("timer", true);

    /** Acts at every depth of a stack that has overflowed, from its end up: somewhere the stack is just too short for it. */
    private static final class Diver {
        private final IntConsumer action;
        private final Throwable[] thrown = new Throwable[DEPTHS];

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
                    thrown[depth] = tooShort;
                }
            }
            return depth;
        }

        boolean hasThrown(int depth) {
            return thrown[depth] != null;
        }
    }

    /** Threads and timers whose locks are monitors: those of java.util.concurrent may stay locked where a stack ends (JEP 270). */
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

    /** Real threads, no waiting but for the flush. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aProducerAtTheEndOfItsStackDoesNotStopTheBatcher(boolean submits) throws Exception {
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

    /** Its item fills a batch, or opens a chunk: whatever that comes to, nothing is lost. */
    @Tag("soak")
    @Timeout(120)
    @ParameterizedTest
    @CsvSource({"15, 16", "16, 1000"})
    void whatAProducerHasAddedAtTheEndOfItsStackIsDeliveredOrHandedBack(int before, int maxBatchSize) throws Exception {
        try (CapturedLog quiet = new CapturedLog()) {
            for (int round = 0; round < 5; round++) {
                AtomicIntegerArray handled = new AtomicIntegerArray(DEPTHS);
                List<Batcher<String>> batchers = new ArrayList<>();
                for (int i = 0; i < DEPTHS; i++) {
                    int index = i;
                    Batcher<String> batcher = deep().maxBatchSize(maxBatchSize)
                            .handler(batch -> handled.addAndGet(index, batch.size()))
                            .build();
                    batcher.addMany(Collections.nCopies(before, "before"));
                    batchers.add(batcher);
                }
                Diver diver = new Diver(depth -> batchers.get(depth).add("deep"));
                diver.dive();
                for (int i = 0; i < DEPTHS; i++) {
                    Batcher<String> batcher = batchers.get(i);
                    batcher.add("after");
                    CloseResult<String> left = batcher.close(Duration.ofSeconds(10));
                    assertThat(handled.get(i) + left.undelivered().size())
                            .as("round %s, depth %s", round, i)
                            .isBetween(before + (diver.hasThrown(i) ? 1 : 2), before + 2);
                }
            }
        }
    }

    @Tag("soak")
    @Timeout(120)
    @Test
    void aStageThatEndsAtTheEndOfAStackDoesNotStopTheBatcher() throws Exception {
        for (int round = 0; round < 5; round++) {
            List<Batcher<String>> batchers = new ArrayList<>();
            List<CompletableFuture<Void>> stages = new ArrayList<>();
            for (int i = 0; i < DEPTHS; i++) {
                CompletableFuture<Void> stage = new CompletableFuture<>();
                CompletableFuture<Void> called = new CompletableFuture<>();
                Batcher<String> batcher = deep().handlerTimeout(
                                Duration.ofMillis(200)) // for where not even our callback could be called
                        .asyncHandler(batch -> {
                            called.complete(null);
                            return stage;
                        })
                        .build();
                batcher.add("a");
                batcher.flush();
                called.get(10, TimeUnit.SECONDS);
                batchers.add(batcher);
                stages.add(stage);
            }
            new Diver(depth -> stages.get(depth).complete(null)).dive();
            for (int i = 0; i < DEPTHS; i++) {
                stages.get(i).complete(null);
                Batcher<String> batcher = batchers.get(i);
                batcher.add("b");
                assertThat(batcher.close(Duration.ofSeconds(10)).timedOut())
                        .as("round %s, depth %s", round, i)
                        .isFalse();
            }
        }
    }

    @Test
    void anErrorOfTheEngineWhileItClosesEndsTheDrain() {
        boolean[] fails = {false};
        try (CapturedLog quiet = new CapturedLog()) {
            Rig rig = new Rig(
                    HandlerKind.SYNC,
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
