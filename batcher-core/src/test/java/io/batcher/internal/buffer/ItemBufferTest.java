/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.FlushReason;
import java.lang.reflect.Field;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** {@link ItemBuffer}, as one thread sees it: alignment at the thresholds, eviction, weights, waiting calls, memory. */
class ItemBufferTest {

    private long now;

    private static ItemBuffer<String> intake(UnaryOperator<BatcherBuilder<String>> options) {
        return new ItemBuffer<>(options.apply(Batcher.builder("intake")).config());
    }

    private static AddRequest<String> call(String... items) {
        return new AddRequest<>(List.of(items), null, null);
    }

    /** Adds as a producer does. Returns whether the item made a batch full, or took the slow way. */
    private boolean add(ItemBuffer<String> intake, String item) {
        long claim = intake.tryAdd(item, null);
        return claim == Chunk.FAILED ? intake.append(call(item), now) : Chunk.isLast(claim);
    }

    private static List<String> take(ItemBuffer<String> intake, int max) {
        return intake.takeBatch(max).items().list();
    }

    private static String[] numbered(int count) {
        return IntStream.range(0, count).mapToObj(i -> "item " + i).toArray(String[]::new);
    }

    @Test
    void theClaimerOfTheSlotThatMakesABatchFullIsToldAndNobodyBefore() {
        for (int size : new int[] {2, 3, 16, 17, 40, 100}) {
            ItemBuffer<String> intake = intake(builder -> builder.maxBatchSize(size));
            for (int round = 0; round < 3; round++) {
                for (int i = 1; i < size; i++) {
                    add(intake, "x");
                    assertThat(intake.full()).isNull();
                }
                assertThat(add(intake, "x")).isTrue(); // then the batcher looks
                assertThat(intake.full()).isEqualTo(FlushReason.SIZE);
                assertThat(take(intake, size)).hasSize(size);
            }
        }
    }

    @Test
    void manyItemsAreContiguousAlsoWhereTheOpenChunkIsTooShort() {
        ItemBuffer<String> intake = intake(builder -> builder.maxBatchSize(50));
        add(intake, "before");
        assertThat(intake.append(call(numbered(120)), now)).isTrue();
        add(intake, "after");
        List<String> all = new ArrayList<>();
        while (intake.waiting() > 0) {
            all.addAll(take(intake, 50));
        }
        List<String> expected = new ArrayList<>(List.of("before"));
        expected.addAll(List.of(numbered(120)));
        expected.add("after");
        assertThat(all).isEqualTo(expected);
    }

    @Test
    void allOrNothingAtTheEdgeOfTheCapacity() {
        ItemBuffer<String> intake = intake(builder -> builder.capacity(5));
        assertThat(intake.append(call("1", "2", "3"), now)).isTrue();
        assertThat(intake.append(call("4", "5", "6"), now)).isFalse();
        assertThat(intake.waiting()).isEqualTo(3);
        assertThat(intake.append(call("4", "5"), now)).isTrue();
        assertThat(intake.append(call("6"), now)).isFalse();
        assertThat(intake.tryAdd("6", null)).isEqualTo(Chunk.FAILED);
    }

    @Test
    void takenItemsHoldTheirRoomUntilTheyAreReleased() {
        ItemBuffer<String> intake = intake(builder -> builder.capacity(3));
        intake.append(call("a", "b", "c"), now);
        assertThat(take(intake, 2)).containsExactly("a", "b");
        assertThat(intake.unsettled()).isEqualTo(2);
        assertThat(add(intake, "d")).isFalse();
        intake.release(1);
        assertThat(intake.append(call("d"), now)).isTrue();
        assertThat(intake.append(call("e"), now)).isFalse();
        assertThat(take(intake, 9)).containsExactly("c", "d");
    }

    @Test
    void evictedItemsGiveTheirRoomBackAtOnceAndAreTheOldest() {
        ItemBuffer<String> intake = intake(builder -> builder.capacity(4));
        intake.append(call("a", "b", "c", "d"), now);
        assertThat(intake.lacking(3)).isEqualTo(3);
        assertThat(intake.evict(3).items().list()).containsExactly("a", "b", "c");
        assertThat(intake.unsettled()).isZero();
        assertThat(intake.append(call("e", "f", "g"), now)).isTrue();
        assertThat(take(intake, 9)).containsExactly("d", "e", "f", "g");
    }

    @Test
    void onlyWhatWaitsCouldBeEvicted() {
        ItemBuffer<String> intake = intake(builder -> builder.capacity(4));
        intake.append(call("a", "b", "c"), now);
        take(intake, 3);
        assertThat(intake.couldHold(1)).isTrue();
        assertThat(intake.couldHold(2)).isFalse();
    }

    @Test
    void sequenceNumbersCountEveryItemThatWasEverAccepted() {
        ItemBuffer<String> intake = intake(builder -> builder.capacity(10));
        intake.append(call("a", "b", "c"), now);
        assertThat(intake.claimed()).isEqualTo(3);
        assertThat(intake.takeBatch(2).firstSequence()).isZero();
        assertThat(intake.firstWaiting()).isEqualTo(2);
        intake.evict(1);
        add(intake, "d");
        assertThat(intake.claimed()).isEqualTo(4);
        assertThat(intake.takeBatch(2).firstSequence()).isEqualTo(3);
    }

    @Test
    void whileACallWaitsForRoomNobodyClaimsASlot() {
        ItemBuffer<String> intake = intake(builder -> builder.capacity(4));
        add(intake, "a");
        add(intake, "b");
        AddRequest<String> large = call("c", "d", "e");
        AddRequest<String> small = call("f");
        assertThat(intake.append(large, now)).isFalse();
        intake.await(large);
        assertThat(intake.tryAdd("x", null)).isEqualTo(Chunk.FAILED);
        assertThat(intake.append(small, now)).isFalse();
        intake.await(small);
        assertThat(intake.admitNext(now)).isNull();
        take(intake, 1);
        intake.release(1);
        assertThat(intake.admitNext(now)).isSameAs(large);
        assertThat(large.outcome()).isEqualTo(AddRequest.Outcome.PLACED);
        intake.withdraw(small);
        assertThat(take(intake, 9)).containsExactly("b", "c", "d", "e");
        intake.release(4);
        assertThat(intake.append(call("g"), now)).isTrue();
        assertThat(intake.tryAdd("h", null)).isNotEqualTo(Chunk.FAILED);
    }

    @Test
    void closeRefusesWhoeverWaitsAndEveryClaim() {
        ItemBuffer<String> intake = intake(builder -> builder.capacity(20));
        add(intake, "a");
        AddRequest<String> waiting = call(numbered(20));
        intake.await(waiting);
        assertThat(intake.close()).containsExactly(waiting);
        assertThat(waiting.outcome()).isEqualTo(AddRequest.Outcome.CLOSED);
        assertThat(intake.tryAdd("b", null)).isEqualTo(Chunk.FAILED);
        assertThat(take(intake, 9)).containsExactly("a");
    }

    @Test
    void theOldestItemsTimeIsThatOfItsChunk() {
        ItemBuffer<String> intake = intake(builder -> builder.maxBatchSize(2));
        now = 10;
        add(intake, "a");
        now = 20;
        add(intake, "b");
        add(intake, "c");
        assertThat(intake.oldestAddedAt()).isEqualTo(10);
        take(intake, 2);
        assertThat(intake.oldestAddedAt()).isEqualTo(20);
    }

    @Test
    void memoryFollowsTheContent() {
        ItemBuffer<String> intake =
                intake(builder -> builder.capacity(Integer.MAX_VALUE).maxBatchSize(1_000_000));
        add(intake, "a");
        assertThat(intake.takeBatch(1_000_000).items().array().length).isLessThanOrEqualTo(16);
        for (int i = 0; i < 50_000; i++) {
            add(intake, "x");
        }
        intake.takeBatch(1_000_000);
        for (int round = 0; round < 2; round++) { // after a burst it shrinks again
            add(intake, "b");
            intake.takeBatch(1_000_000);
        }
        add(intake, "c");
        assertThat(intake.takeBatch(1_000_000).items().array().length).isLessThanOrEqualTo(16);
    }

    /** The slots of the chunk that is open, of which the items that wait may be few. */
    private static int openSlots(ItemBuffer<String> intake) throws ReflectiveOperationException {
        Field chunks = ItemBuffer.class.getDeclaredField("chunks");
        chunks.setAccessible(true);
        return Objects.requireNonNull(((ChunkQueue<?>) chunks.get(intake)).open())
                .slots()
                .length;
    }

    @Test
    void oneItemAfterALargeBatchDoesNotCostAsMuchAsThatBatch() throws ReflectiveOperationException {
        ItemBuffer<String> intake =
                intake(builder -> builder.capacity(Integer.MAX_VALUE).maxBatchSize(1_000_000));
        for (int i = 0; i < 1_000_000; i++) {
            add(intake, "x");
        }
        assertThat(intake.takeBatch(1_000_000).size()).isEqualTo(1_000_000);
        add(intake, "one");
        assertThat(openSlots(intake)).isLessThanOrEqualTo(4_096);
        for (int i = 0; i < 999_999; i++) {
            add(intake, "x");
            assertThat(openSlots(intake)).isLessThanOrEqualTo(Math.max(4_096, intake.waiting()));
        }
    }

    @Test
    void ofWeighedItemsAChunkIsAsLongAsItsContentWhateverTheBatchBefore() throws ReflectiveOperationException {
        ToLongFunction<String> weigher = item -> item.equals("heavy") ? 1_000_000 : item.equals("half") ? 400_000 : 1;
        ItemBuffer<String> intake =
                intake(builder -> builder.maxBatchWeight(1_000_000).weigher(weigher));
        for (int i = 0; i < 1_000; i++) {
            assertThat(intake.append(new AddRequest<>(List.of("light"), null, weigher), now))
                    .isTrue();
        }
        assertThat(take(intake, 1_000)).hasSize(1_000);
        for (int i = 0; i < 100; i++) {
            intake.append(new AddRequest<>(List.of("heavy"), null, weigher), now);
            ChunkSlice<String> heavy = intake.takeBatch(1_000);
            assertThat(heavy.size()).isEqualTo(1);
            assertThat(heavy.items().array()).hasSize(1);
        }
        intake.append(new AddRequest<>(List.of("half"), null, weigher), now);
        assertThat(openSlots(intake)).isEqualTo(2);
        for (int i = 0; i < 998; i++) {
            intake.append(new AddRequest<>(List.of("light"), null, weigher), now);
            assertThat(openSlots(intake)).isLessThanOrEqualTo(Math.max(16, intake.waiting()));
        }
        assertThat(take(intake, 1_000)).hasSize(999);
    }

    @Test
    void whatIsLeftIsLookedAtFirstAndTakenThen() {
        ItemBuffer<String> intake = intake(builder -> builder.maxBatchSize(2));
        for (String item : List.of("a", "b", "c")) {
            add(intake, item);
        }
        intake.close();
        ChunkSlice<String> rest = intake.lookAtRemaining();
        assertThat(intake.waiting()).isEqualTo(3); // as if nothing had happened
        assertThat(intake.unsettled()).isZero();
        rest = intake.lookAtRemaining();
        intake.takeRemaining(rest);
        assertThat(intake.waiting()).isZero();
        assertThat(intake.unsettled()).isEqualTo(3);
        assertThat(rest.items().list()).containsExactly("a", "b", "c");
    }

    @Test
    void itAgreesWithAListWhateverIsDone() {
        for (int seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            int capacity = 1 + random.nextInt(60);
            int size = 1 + random.nextInt(capacity);
            ItemBuffer<String> intake =
                    intake(builder -> builder.capacity(capacity).maxBatchSize(size));
            ArrayDeque<String> model = new ArrayDeque<>();
            int held = 0;
            int next = 0;
            for (int step = 0; step < 200; step++) {
                switch (random.nextInt(6)) {
                    case 0, 1 -> {
                        String item = "item " + next++;
                        boolean fits = model.size() + held < capacity;
                        boolean in = intake.tryAdd(item, null) != Chunk.FAILED || intake.append(call(item), now);
                        assertThat(in).as("seed %s", seed).isEqualTo(fits);
                        model.addAll(in ? List.of(item) : List.of());
                    }
                    case 2 -> {
                        String[] items = numbered(random.nextInt(capacity + 1));
                        boolean fits = model.size() + held + items.length <= capacity;
                        assertThat(items.length == 0 || intake.append(call(items), now))
                                .as("seed %s", seed)
                                .isEqualTo(fits);
                        model.addAll(fits ? List.of(items) : List.<String>of());
                    }
                    case 3 -> held += drop(model, take(intake, size), size);
                    case 4 ->
                        drop(model, intake.evict(random.nextInt(3)).items().list(), 2);
                    default -> {
                        int released = random.nextInt(held + 1);
                        intake.release(released);
                        held -= released;
                    }
                }
                assertThat(intake.waiting()).as("seed %s", seed).isEqualTo(model.size());
                assertThat(intake.unsettled()).isEqualTo(held);
                assertThat(intake.full() != null).isEqualTo(model.size() >= size);
            }
        }
    }

    private static int drop(ArrayDeque<String> model, List<String> taken, int most) {
        assertThat(taken.size()).isLessThanOrEqualTo(most);
        taken.forEach(item -> assertThat(model.poll()).isEqualTo(item));
        return taken.size();
    }
}
