/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.FlushReason;
import io.batcher.internal.buffer.AddRequest;
import io.batcher.internal.buffer.ItemBuffer;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** {@link HandBack}: one list in order, also where parts of one batch lie between each other. */
class HandBackTest {

    private static final Origin ORIGIN = Optional::empty;

    private final BatchIds ids = new BatchIds("back");
    private final ItemBuffer<Integer> intake =
            new ItemBuffer<>(Batcher.<Integer>builder("back").config());

    private FrozenBatch<Integer> delivery(int from, int to) {
        List<Integer> items = IntStream.range(from, to).boxed().toList();
        intake.append(new AddRequest<>(items, null, null), 0);
        return new FrozenBatch<>(ORIGIN, ids.next(), intake.takeBatch(items.size()), FlushReason.CLOSE);
    }

    private static List<Integer> numbers(int to) {
        return IntStream.range(0, to).boxed().toList();
    }

    @Test
    void nothing() {
        assertThat(HandBack.inOrder(List.of())).isEmpty();
    }

    @Test
    void batchesFollowEachOther() {
        FrozenBatch<Integer> first = delivery(0, 3);
        FrozenBatch<Integer> second = delivery(3, 4);
        assertThat(HandBack.inOrder(List.of(second, first))).isEqualTo(numbers(4));
    }

    @Test
    void partsLieBetweenEachOther() {
        FrozenBatch<Integer> whole = delivery(0, 7);
        FrozenBatch<Integer> one = whole.part(ids, new int[] {0, 3, 5});
        FrozenBatch<Integer> two = whole.part(ids, new int[] {1, 2});
        FrozenBatch<Integer> three = whole.part(ids, new int[] {4, 6});
        FrozenBatch<Integer> behind = delivery(7, 20);
        assertThat(HandBack.inOrder(List.of(behind, three, one, two))).isEqualTo(numbers(20));
    }

    @Test
    void theListIsNotCopiedAgain() {
        List<Integer> list = HandBack.inOrder(List.of(delivery(0, 3)));
        assertThat(List.copyOf(list)).isSameAs(list);
    }
}
