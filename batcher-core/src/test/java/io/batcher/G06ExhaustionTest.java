/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** G6, errors of the virtual machine on the thread that adds: who logs at the end of the stack must not stop the batcher for all. */
class G06ExhaustionTest {

    private static final int ROUNDS = 100;
    private static final long SMALL_STACK = 200_000;

    /** Adds at every depth of a stack that has overflowed, from its end up: some add finds the stack just too short for it. */
    private static final class Producer {
        private final Batcher<String> batcher;
        private final boolean submits;

        Producer(Batcher<String> batcher, boolean submits) {
            this.batcher = batcher;
            this.submits = submits;
        }

        int deeper() {
            int depth;
            try {
                depth = deeper() + 1;
            } catch (StackOverflowError end) {
                depth = 0;
            }
            if (depth < 100) {
                try {
                    add();
                } catch (StackOverflowError tooShort) {
                    // it was not accepted, or it was: here it only matters that others go on
                }
            }
            return depth;
        }

        private void add() {
            if (submits) {
                batcher.submit("deep");
            } else {
                batcher.add("deep");
            }
        }
    }

    /** Real threads, no waiting but for the flush. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aProducerAtTheEndOfItsStackDoesNotStopTheBatcher(boolean submits) throws Exception {
        Batcher<String> batcher = Batcher.<String>builder("deep")
                .interval(Duration.ofHours(1))
                .maxBatchSize(1_000)
                .handler(batch -> {})
                .build();
        for (int round = 0; round < ROUNDS; round++) {
            batcher.addMany(Collections.nCopies(1_000, "all of a batch, so that the next chunk is as long"));
            batcher.add("opens the chunk");
            Thread producer = new Thread(null, new Producer(batcher, submits)::deeper, "deep", SMALL_STACK);
            producer.start();
            producer.join();
            CompletableFuture<Void> flushed = batcher.flush();
            assertThat(flushed).as("round %s", round).succeedsWithin(10, TimeUnit.SECONDS);
        }
        BatcherStats stats = batcher.stats();
        assertThat(stats.depth()).isZero();
        assertThat(stats.accepted()).isEqualTo(stats.handled());
        assertThat(batcher.close(Duration.ofSeconds(10)).timedOut()).isFalse();
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
