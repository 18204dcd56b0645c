/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import static io.batcher.fixtures.Futures.causeOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import io.batcher.fixtures.CapturedLog;
import io.batcher.fixtures.Plain;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** P10 and D3 to D5: the engine calls no method of an item, and the contents of items are in no string and no log line. */
class ItemsAreNotTouchedTest {

    /** An item whose overridable methods all throw. */
    private static final class Untouchable implements Comparable<Untouchable> {
        @Override
        public boolean equals(Object other) {
            throw new AssertionError("equals");
        }

        @Override
        public int hashCode() {
            throw new AssertionError("hashCode");
        }

        @Override
        public String toString() {
            throw new AssertionError("toString");
        }

        @Override
        public int compareTo(Untouchable other) {
            throw new AssertionError("compareTo");
        }
    }

    @ParameterizedTest
    @EnumSource
    void anItemWhoseMethodsThrowCanHaveEveryOutcome(CallStyle style) {
        var time = new io.batcher.testing.VirtualTime();
        List<String> strings = new ArrayList<>();
        int[] seen = new int[4];
        RetryPolicy isolating =
                RetryPolicy.builder().maxAttempts(2).isolatePoison(true).build();
        List<RuntimeException> script = new ArrayList<>();
        BatchConsumer<Untouchable> handler = batch -> {
            seen[0] += batch.size();
            if (!script.isEmpty()) {
                throw script.remove(0);
            }
        };
        Batcher<Untouchable> batcher = style.install(
                        time.applyTo(Batcher.<Untouchable>builder("untouched")), time, handler)
                .capacity(6)
                .maxBatchSize(3)
                .overflow(Overflow.DROP_OLDEST)
                .retry(isolating)
                .onError(failure -> strings.add(failure.toString()))
                .onDeadLetter(letter -> {
                    strings.add(letter.toString());
                    seen[1] += letter.items().size();
                })
                .onDrop(item -> seen[2]++)
                .build();
        script.add(new IllegalStateException("whole"));
        script.add(new PartialBatchException(Map.of(1, new Exception("one"))));
        CompletableFuture<Void> submitted = batcher.submit(new Untouchable());
        batcher.addMany(List.of(new Untouchable(), new Untouchable(), new Untouchable()));
        time.advance(Duration.ofMillis(2_000));
        assertThat(submitted).isCompleted();
        for (int i = 0; i < 3; i++) {
            script.add(new IllegalStateException("isolated"));
        }
        batcher.addMany(List.of(new Untouchable(), new Untouchable(), new Untouchable()));
        time.advance(Duration.ofMillis(5_000));
        batcher.pause();
        for (int i = 0; i < 8; i++) {
            batcher.offer(new Untouchable());
        }
        assertThat(seen[2]).isEqualTo(2);
        script.add(new IllegalStateException("last"));
        CloseResult<Untouchable> result = batcher.close(Duration.ofSeconds(1));
        strings.add(result.toString());
        strings.add(batcher.toString());
        strings.add(batcher.stats().toString());
        assertThat(result.undelivered()).hasSize(6);
        BatcherStats stats = batcher.stats();
        assertThat(stats.accepted())
                .isEqualTo(stats.handled() + stats.deadLettered() + stats.dropped() + stats.handedBack());
        assertThat(strings).isNotEmpty();
    }

    @Test
    void theContentsOfItemsAreInNoStringAndNoLogLine() {
        String canary = "canary-1234567";
        List<String> strings = new ArrayList<>();
        try (CapturedLog log = new CapturedLog()) {
            // with every callback: their arguments are printed
            BatcherFixture rig = new BatcherFixture(
                    CallStyle.SYNC,
                    builder -> builder.retry(
                                    RetryPolicy.builder().maxAttempts(2).build())
                            .capacity(2)
                            .overflow(Overflow.DROP_OLDEST)
                            .onError(failure -> {
                                strings.add(failure.toString());
                                throw new IllegalStateException("callback");
                            })
                            .onDeadLetter(letter -> strings.add(letter.toString()))
                            .onDrop(item -> {
                                throw new IllegalStateException("callback");
                            }));
            rig.fail(2).add(canary).advanceMillis(1_000);
            rig.failWith(new PartialBatchException(Map.of(0, new Exception("no"))));
            rig.add(canary, canary, canary).advanceMillis(1_000);
            rig.fail(1).add(canary);
            strings.add(rig.batcher.toString());
            strings.add(rig.batcher.close(Duration.ofSeconds(1)).toString());
            strings.add(rig.stats().toString());

            // without callbacks: everything is logged
            Plain plain = new Plain(builder -> builder.retry(
                            RetryPolicy.builder().maxAttempts(2).build())
                    .capacity(2)
                    .overflow(Overflow.DROP_NEWEST));
            plain.outcome = () -> {
                throw new OutOfMemoryError("no");
            };
            plain.batcher.addMany(List.of(canary, canary));
            plain.batcher.add(canary);
            CompletableFuture<Void> refused = plain.batcher.submit(canary);
            strings.add(causeOf(refused).toString());
            plain.advanceMillis(5_000);
            plain.batcher.add(canary);
            plain.batcher.close();
            strings.add(causeOf(plain.batcher.submit(canary)).toString());

            assertThat(strings).hasSizeGreaterThan(8).noneMatch(string -> string.contains(canary));
            assertThat(log.records()).hasSizeGreaterThan(5);
            assertThat(log.records()).noneMatch(record -> record.getMessage().contains(canary));
            assertThat(log.records())
                    .filteredOn(record -> record.getThrown() != null)
                    .noneMatch(record ->
                            String.valueOf(record.getThrown().getMessage()).contains(canary));
        }
    }

    @Test
    void exceptionMessagesNameTheBatcherAndNoItem() {
        Map<String, Throwable> thrown = new HashMap<>();
        try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC, builder -> builder.capacity(1))) {
            rig.add("canary");
            thrown.put("full", causeOf(rig.batcher.submit("canary")));
            rig.batcher.close();
            thrown.put("closed", causeOf(rig.batcher.submit("canary")));
        }
        assertThat(thrown.values())
                .allMatch(t -> t.getMessage().contains("\"rig\""))
                .noneMatch(t -> t.getMessage().contains("canary"));
    }
}
