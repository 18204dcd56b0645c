/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batch;
import io.batcher.FlushReason;
import java.time.Instant;
import java.util.AbstractList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Batches that began at the same time share a slot, so that each of these tests uses slots and the map. */
class RunningBatchesTest {

    private final RunningBatches<Integer> running = new RunningBatches<>();

    @Test
    void keepsEachValueUntilItsBatchEnds() {
        List<TestBatch> batches = IntStream.range(0, 100)
                .mapToObj(i -> new TestBatch("b" + i, i % 10))
                .toList();
        batches.forEach(batch -> running.add(batch, number(batch)));
        assertThat(batches).allSatisfy(batch -> assertThat(running.get(batch)).isEqualTo(number(batch)));

        for (TestBatch batch : batches) {
            assertThat(running.remove(batch)).isEqualTo(number(batch));
            assertThat(running.get(batch)).isNull();
            assertThat(running.remove(batch)).isNull();
        }
    }

    @Test
    void equalBatchesAreDifferent() {
        TestBatch one = new TestBatch("one", 0);
        TestBatch two = new TestBatch("two", 0);
        assertThat(one).isEqualTo(two);
        running.add(one, 1);
        assertThat(running.get(two)).isNull();
        running.add(two, 2);
        assertThat(running.remove(one)).isEqualTo(1);
        assertThat(running.remove(two)).isEqualTo(2);
    }

    @Test
    void aNewAttemptReplacesOneThatWasNotReportedToEnd() {
        TestBatch occupant = new TestBatch("occupant", 0);
        TestBatch first = new TestBatch("lost", 0);
        TestBatch second = new TestBatch("lost", 0);
        running.add(occupant, 0);
        running.add(first, 1); // in the map
        running.add(second, 2);
        assertThat(running.get(second)).isEqualTo(2);

        running.remove(occupant);
        TestBatch third = new TestBatch("lost", 0);
        running.add(third, 3); // in the slot
        assertThat(running.get(second)).as("from the map").isNull();
        TestBatch fourth = new TestBatch("lost", 0);
        running.add(fourth, 4);
        assertThat(running.get(third)).isNull();
        assertThat(running.remove(fourth)).isEqualTo(4);
        assertThat(running.get(fourth)).isNull();
    }

    private static int number(TestBatch batch) {
        return Integer.parseInt(batch.id.substring(1));
    }

    private static final class TestBatch extends AbstractList<String> implements Batch<String> {

        private final String id;
        private final Instant firstAddedAt;

        TestBatch(String id, long addedAtSecond) {
            this.id = id;
            this.firstAddedAt = Instant.ofEpochSecond(addedAtSecond);
        }

        @Override
        public String id() {
            return id;
        }

        @Override
        public int attempt() {
            return 1;
        }

        @Override
        public FlushReason reason() {
            return FlushReason.MANUAL;
        }

        @Override
        public Instant firstAddedAt() {
            return firstAddedAt;
        }

        @Override
        public String get(int index) {
            return "item";
        }

        @Override
        public int size() {
            return 1;
        }
    }
}
