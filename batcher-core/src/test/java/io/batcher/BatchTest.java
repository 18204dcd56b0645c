/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.ListIterator;
import java.util.NoSuchElementException;
import java.util.RandomAccess;
import java.util.Spliterator;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link Batch} is unmodifiable, has random access and is safe to keep; equals, hashCode and toString are those of any list. */
class BatchTest {

    /** Batches of each origin: a chunk uncopied, copied from a chunk, from several chunks, a part of a chunk, with empty slots behind. */
    static Stream<Batch<String>> batches() {
        return Stream.of(
                delivered(rig -> rig.add("a", "b", "c").advanceMillis(500)),
                delivered(rig -> {
                    rig.batcher.addMany(List.of("a", "b", "c"));
                    rig.advanceMillis(500);
                }),
                delivered(rig -> {
                    rig.batcher.pause();
                    rig.batcher.addMany(List.of("a"));
                    rig.batcher.submit("b");
                    rig.add("c");
                    rig.batcher.close();
                }),
                delivered(rig -> {
                    rig.failWith(new PartialBatchException(
                            java.util.Map.of(1, new Exception(), 2, new Exception(), 4, new Exception())));
                    rig.add("x", "a", "b", "y", "c").advanceMillis(1_000);
                }));
    }

    private static Batch<String> delivered(Consumer<BatcherFixture> how) {
        BatcherFixture rig = new BatcherFixture(CallStyle.SYNC);
        how.accept(rig);
        return rig.calls.get(rig.calls.size() - 1);
    }

    @ParameterizedTest
    @MethodSource("batches")
    void aBatchBehavesAsAnyList(Batch<String> batch) {
        List<String> same = List.of("a", "b", "c");
        assertThat(batch.equals(same)).isTrue();
        assertThat(same.equals(batch)).isTrue();
        assertThat(batch).hasSameHashCodeAs(same).hasToString("[a, b, c]");
        assertThat(batch.equals(List.of("a", "b"))).isFalse();
        assertThat(batch).isInstanceOf(RandomAccess.class).hasSize(3).isNotEmpty();
        assertThat(batch.get(2)).isEqualTo("c");
        assertThat(batch.indexOf("b")).isEqualTo(1);
        assertThat(batch.contains("d")).isFalse();
        assertThat(batch.subList(1, 3)).containsExactly("b", "c");
        assertThat(batch.stream().toList()).isEqualTo(same);
        assertThat(batch.toArray()).isEqualTo(new Object[] {"a", "b", "c"});
        assertThat(batch.toArray(new String[0])).isEqualTo(new String[] {"a", "b", "c"});
        assertThat(batch.toArray(String[]::new)).isEqualTo(new String[] {"a", "b", "c"});
        assertThat(batch.toArray(new String[] {"1", "2", "3", "4", "5"}))
                .isEqualTo(new String[] {"a", "b", "c", null, "5"});
        List<String> each = new ArrayList<>();
        batch.forEach(each::add);
        assertThat(each).isEqualTo(same);
        assertThat(List.copyOf(batch)).isEqualTo(same);
    }

    @ParameterizedTest
    @MethodSource("batches")
    void aBatchHasNothingBeyondItsLastItem(Batch<String> batch) {
        for (int outside : new int[] {-1, 3, 4, 100, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            assertThatThrownBy(() -> batch.get(outside)).isInstanceOf(IndexOutOfBoundsException.class);
        }
        Iterator<String> iterator = batch.iterator();
        iterator.next();
        iterator.next();
        iterator.next();
        assertThat(iterator.hasNext()).isFalse();
        assertThatThrownBy(iterator::next).isInstanceOf(NoSuchElementException.class);
        ListIterator<String> backwards = batch.listIterator(3);
        assertThat(backwards.hasNext()).isFalse();
        assertThat(backwards.previous()).isEqualTo("c");
        Spliterator<String> spliterator = batch.spliterator();
        assertThat(spliterator.estimateSize()).isEqualTo(3);
        assertThat(spliterator.hasCharacteristics(Spliterator.ORDERED | Spliterator.SIZED))
                .isTrue();
        assertThat(batch.parallelStream().toList()).containsExactly("a", "b", "c");
    }

    @ParameterizedTest
    @MethodSource("batches")
    void aBatchCannotBeModified(Batch<String> batch) {
        List<Runnable> writes = List.of(
                () -> batch.add("d"),
                () -> batch.add(0, "d"),
                () -> batch.addAll(List.of("d")),
                () -> batch.set(0, "d"),
                () -> batch.remove(0),
                () -> batch.remove("a"),
                () -> batch.removeIf(item -> true),
                () -> batch.retainAll(List.of()),
                () -> batch.replaceAll(item -> "d"),
                () -> batch.sort(java.util.Comparator.reverseOrder()),
                batch::clear,
                () -> {
                    Iterator<String> iterator = batch.iterator();
                    iterator.next();
                    iterator.remove();
                },
                () -> {
                    ListIterator<String> iterator = batch.listIterator();
                    iterator.next();
                    iterator.set("d");
                },
                () -> batch.subList(0, 2).clear());
        writes.forEach(write -> assertThatThrownBy(write::run).isInstanceOf(UnsupportedOperationException.class));
        assertThat(batch).containsExactly("a", "b", "c");
    }

    @ParameterizedTest
    @MethodSource("batches")
    void toArrayReturnsACopy(Batch<String> batch) {
        Object[] array = batch.toArray();
        assertThat(array.getClass()).isEqualTo(Object[].class);
        Arrays.fill(array, "overwritten");
        assertThat(batch).containsExactly("a", "b", "c");
    }

    @Test
    void aBatchIsSafeToKeep() {
        try (BatcherFixture rig = new BatcherFixture(
                CallStyle.SYNC, builder -> builder.capacity(4).maxBatchSize(2).overflow(Overflow.DROP_OLDEST))) {
            List<List<String>> copies = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                rig.add("item " + i);
                if (i % 7 == 0) {
                    rig.advanceMillis(500);
                    rig.fail(1);
                }
                while (copies.size() < rig.calls.size()) {
                    copies.add(List.copyOf(rig.calls.get(copies.size())));
                }
            }
            assertThat(rig.batches()).isEqualTo(copies);
        }
    }

    @Test
    void aBatchHasIdAttemptReasonAndTimeOfItsFirstItem() {
        try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC)) {
            rig.advanceMillis(1_000).add("a").advanceMillis(300).add("b").advanceMillis(200);
            Batch<String> batch = rig.calls.get(0);
            assertThat(batch.id()).matches("rig-.+-1");
            assertThat(batch.attempt()).isEqualTo(1);
            assertThat(batch.reason()).isEqualTo(FlushReason.INTERVAL);
            assertThat(batch.firstAddedAt()).isEqualTo(Instant.parse("2000-01-01T00:00:01Z"));
        }
    }

    @Test
    void thereAreSixReasons() {
        assertThat(FlushReason.values())
                .extracting(Enum::name)
                .containsExactlyInAnyOrder("INTERVAL", "SIZE", "WEIGHT", "MANUAL", "EAGER", "CLOSE");
    }

    @Test
    void anEmptyBatchIsNeverDelivered() {
        try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC, builder -> builder.eager(true))) {
            rig.batcher.addMany(List.of());
            rig.batcher.flush();
            rig.batcher.drain();
            rig.time.advance(Duration.ofMinutes(1));
            rig.batcher.close();
            assertThat(rig.calls).isEmpty();
        }
    }
}
