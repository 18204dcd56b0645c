/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import static io.batcher.fixtures.TestItems.numbered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import java.util.AbstractCollection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.ConcurrentModificationException;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code addMany}: all or nothing, in iteration order, contiguous; and P11: careless and hostile collections do no harm. */
class AddManyTest {

    @ParameterizedTest
    @EnumSource
    void aCollectionLargerThanABatchBecomesConsecutiveBatches(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.maxBatchSize(4))) {
            rig.add("a");
            rig.batcher.addMany(List.of("1", "2", "3", "4", "5", "6", "7", "8", "9"));
            rig.add("b").advanceMillis(500);
            assertThat(rig.batches())
                    .containsExactly(List.of("a", "1", "2", "3"), List.of("4", "5", "6", "7"), List.of("8", "9", "b"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCollectionLargerThanTheCapacityIsAnIllegalArgument(Overflow policy) {
        try (BatcherFixture rig = new BatcherFixture(
                CallStyle.SYNC, builder -> builder.capacity(3).overflow(policy))) {
            assertThatThrownBy(() -> rig.batcher.addMany(numbered(4)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("addMany takes at most as many items as the capacity of batcher \"rig\", 3, "
                            + "but the collection has more; nothing was added");
            assertThat(rig.stats().accepted() + rig.stats().rejected()).isZero();
            rig.batcher.addMany(numbered(3));
            assertThat(rig.stats().depth()).isEqualTo(3);
        }
    }

    @Test
    void aCollectionAsLargeAsTheCapacityIsAccepted() {
        try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC)) {
            rig.batcher.addMany(numbered(100_000));
            assertThat(rig.batcher.offer("x")).isFalse();
            rig.runReady();
            assertThat(rig.handled).isEqualTo(numbered(100_000));
            assertThat(rig.calls).hasSize(100).allMatch(batch -> batch.size() == 1_000);
        }
    }

    @Test
    void anEmptyCollectionAddsNothingEvenWhenTheBufferIsFull() {
        try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC, builder -> builder.capacity(1))) {
            rig.batcher.addMany(List.of());
            rig.add("a");
            rig.batcher.addMany(List.of());
            assertThat(rig.stats().accepted()).isEqualTo(1);
            assertThat(rig.stats().rejected()).isZero();
        }
    }

    @Test
    void aNullItemIsRejectedWithItsIndexAndNothingIsAdded() {
        try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC)) {
            assertThatThrownBy(() -> rig.batcher.addMany(Arrays.asList("a", "b", null, "d")))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("item 2 of the collection is null; nothing was added");
            assertThat(rig.stats().accepted()).isZero();
        }
    }

    @Test
    void aCollectionThatReportsAWrongSizeIsAddedAsIterated() {
        for (int lie : new int[] {0, 1, 2, 1_000, Integer.MAX_VALUE, -1}) {
            try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC, builder -> builder.capacity(5))) {
                rig.batcher.addMany(new Lying(lie, List.of("a", "b", "c")));
                assertThat(rig.stats().accepted()).isEqualTo(3);
                rig.advanceMillis(500);
                assertThat(rig.handled).containsExactly("a", "b", "c");
            }
        }
    }

    @Test
    void anEndlessCollectionIsRejectedWithoutReadingBeyondTheCapacity() {
        int[] read = new int[1];
        Collection<String> endless = new AbstractCollection<>() {
            @Override
            public Iterator<String> iterator() {
                return new Iterator<>() {
                    @Override
                    public boolean hasNext() {
                        return true;
                    }

                    @Override
                    public String next() {
                        read[0]++;
                        return "x";
                    }
                };
            }

            @Override
            public int size() {
                return 1;
            }
        };
        try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC, builder -> builder.capacity(10))) {
            assertThatThrownBy(() -> rig.batcher.addMany(endless)).isInstanceOf(IllegalArgumentException.class);
            assertThat(read[0]).isLessThanOrEqualTo(11);
            assertThat(rig.stats().accepted()).isZero();
        }
    }

    @Test
    void aCollectionThatThrowsWhileReadAddsNothing() {
        List<String> changing = new ArrayList<>(List.of("a", "b", "c"));
        Collection<String> hostile = new Lying(3, changing) {
            @Override
            public Iterator<String> iterator() {
                Iterator<String> iterator = super.iterator();
                iterator.next();
                changing.add("d");
                return iterator;
            }
        };
        try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC)) {
            assertThatThrownBy(() -> rig.batcher.addMany(hostile)).isInstanceOf(ConcurrentModificationException.class);
            assertThat(rig.stats().accepted()).isZero();
            rig.add("a").advanceMillis(500);
            assertThat(rig.handled).containsExactly("a");
        }
    }

    @Test
    void aCollectionIsReadOnceAndOnlyByIteration() {
        int[] iterations = new int[1];
        Collection<String> watched = new Lying(2, List.of("a", "b")) {
            @Override
            public Iterator<String> iterator() {
                iterations[0]++;
                return super.iterator();
            }

            @Override
            public Object[] toArray() {
                throw new UnsupportedOperationException("toArray");
            }

            @Override
            public <A> A[] toArray(A[] array) {
                throw new UnsupportedOperationException("toArray");
            }
        };
        try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC)) {
            rig.batcher.addMany(watched);
            assertThat(iterations[0]).isEqualTo(1);
        }
    }

    @Test
    void changingTheCollectionLaterHasNoEffect() {
        try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC)) {
            List<String> mine = new ArrayList<>(List.of("a", "b"));
            rig.batcher.addMany(mine);
            mine.set(0, "changed");
            mine.clear();
            rig.advanceMillis(500);
            assertThat(rig.handled).containsExactly("a", "b");
        }
    }

    @Test
    void itemsKeepTheOrderOfIteration() {
        try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC)) {
            PriorityQueue<String> queue = new PriorityQueue<>(List.of("d", "c", "b", "a"));
            List<String> iteration = new ArrayList<>(queue);
            rig.batcher.addMany(queue);
            rig.advanceMillis(500);
            assertThat(rig.handled).isEqualTo(iteration);
        }
    }

    @Test
    void aCollectionMayAddToTheBatcherWhileItIsRead() {
        BatcherFixture[] it = new BatcherFixture[1];
        Collection<String> reentrant = new Lying(2, List.of("b", "c")) {
            @Override
            public Iterator<String> iterator() {
                it[0].add("a");
                return super.iterator();
            }
        };
        try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC)) {
            it[0] = rig;
            rig.batcher.addMany(reentrant);
            rig.advanceMillis(500);
            assertThat(rig.handled).containsExactly("a", "b", "c");
        }
    }

    /** Reports the size that it is given. */
    private static class Lying extends AbstractCollection<String> {
        private final int size;
        private final List<String> items;

        Lying(int size, List<String> items) {
            this.size = size;
            this.items = items;
        }

        @Override
        public Iterator<String> iterator() {
            return items.iterator();
        }

        @Override
        public int size() {
            return size;
        }
    }
}
