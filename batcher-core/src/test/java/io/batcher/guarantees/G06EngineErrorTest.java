/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.BatcherBuilder;
import io.batcher.RetryPolicy;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import io.batcher.fixtures.CapturedLog;
import io.batcher.fixtures.TestExecutors;
import io.batcher.fixtures.WatchedClock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** G6, errors of the engine between two steps: the interrupted step is repeated after the delay, not at once. */
class G06EngineErrorTest {

    private static final String DIED =
            "SEVERE Batcher \"rig\" internal error in the flush loop; the current batch is tried again after the retry delay";

    /** Whether the next read of the clock throws an error. */
    private boolean fails;

    private BatcherFixture rig(UnaryOperator<BatcherBuilder<String>> options) {
        return new BatcherFixture(
                CallStyle.SYNC,
                builder -> options.apply(builder)
                        .clock(new WatchedClock(builder.config().clock()) {
                            @Override
                            public long nanoTime() {
                                if (fails) {
                                    fails = false;
                                    throw new OutOfMemoryError("in the engine");
                                }
                                return super.nanoTime();
                            }
                        }));
    }

    private static List<String> calls(BatcherFixture rig) {
        return rig.log.stream().filter(line -> !line.contains("failed")).toList();
    }

    @Test
    void aBatchIsRetriedAfterTheDelay() {
        try (CapturedLog log = new CapturedLog();
                BatcherFixture rig = rig(builder -> builder)) {
            rig.script.add(batch -> fails = true);
            rig.add("a").advanceMillis(5_000);
            assertThat(calls(rig)).containsExactly("500 INTERVAL 1 [a]", "1000 INTERVAL 2 [a]");
            assertThat(log.lines()).containsExactly(DIED);
            assertThat(rig.stats().handled()).isEqualTo(1);
        }
    }

    @Test
    void aPartOfAnIsolationPassIsRetriedAfterTheDelay() {
        RetryPolicy isolating = RetryPolicy.builder()
                .maxAttempts(1)
                .isolatePoison(true)
                .delay(Duration.ofMillis(100))
                .build();
        try (CapturedLog log = new CapturedLog();
                BatcherFixture rig = rig(builder -> builder.retry(isolating))) {
            rig.failWith(new IOException("bad"));
            rig.script.add(batch -> fails = true);
            rig.script.add(batch -> {});
            rig.failWith(new IOException("bad"));
            rig.add("a", "b").advanceMillis(5_000);
            assertThat(calls(rig))
                    .containsExactly(
                            "500 INTERVAL 1 [a, b]",
                            "500 INTERVAL 2 [a]",
                            "600 INTERVAL 3 [a]",
                            "600 INTERVAL 2 [b]",
                            "600 dead [b] bad, attempts 2");
            assertThat(log.lines()).containsExactly(DIED);
        }
    }

    @Test
    void aDeadLetterIsOfferedAgainAfterTheDelay() {
        RetryPolicy once = RetryPolicy.builder().maxAttempts(1).build();
        BatcherFixture[] it = new BatcherFixture[1];
        int[] offers = new int[1];
        try (CapturedLog log = new CapturedLog();
                BatcherFixture rig = rig(builder -> builder.retry(once).onDeadLetter(letter -> {
                    it[0].record("dead " + letter.items());
                    fails = ++offers[0] == 1;
                }))) {
            it[0] = rig;
            rig.fail(1).add("a").advanceMillis(5_000);
            assertThat(calls(rig)).containsExactly("500 INTERVAL 1 [a]", "500 dead [a]", "1000 dead [a]");
            assertThat(log.lines()).containsExactly(DIED);
            assertThat(rig.stats().deadLettered()).isEqualTo(1);
        }
    }

    /** The executor may block until it has the thread of the loop, so the loop starts the next run as from inside a callback. */
    @Test
    void theNextRunIsStartedAsFromInsideACallback() {
        RetryPolicy once = RetryPolicy.builder().maxAttempts(1).build();
        BatcherFixture[] it = new BatcherFixture[1];
        List<Boolean> inside = new ArrayList<>();
        try (CapturedLog log = new CapturedLog();
                BatcherFixture rig = rig(builder -> TestExecutors.wrapping((executor, task) -> {
                            inside.add(it[0].batcher.awaitsCaller());
                            executor.execute(task);
                        })
                        .apply(builder.retry(once).onDeadLetter(letter -> fails = inside.size() == 1)))) {
            it[0] = rig;
            rig.fail(1).add("a");
            assertThat(rig.batcher.close(Duration.ofSeconds(1)).undelivered()).isEmpty();
            assertThat(log.lines()).containsExactly(DIED);
            assertThat(inside).containsExactly(false, true);
        }
    }
}
