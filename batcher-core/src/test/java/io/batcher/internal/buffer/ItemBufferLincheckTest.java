/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.buffer;

import java.util.ArrayList;
import java.util.List;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Adds, batches, evictions and close race for the slots of a buffer of three items: whatever happens at once looks as if it had
 * happened one after the other, in a bounded queue.
 */
@Tag("lincheck")
@Param(name = "item", gen = IntGen.class, conf = "1:9")
public class ItemBufferLincheckTest {

    private static final boolean SOAK = Boolean.getBoolean("batcher.soak");

    private final ItemBufferModel intake = new ItemBufferModel();

    @Operation
    public boolean add(@Param(name = "item") int item) {
        return intake.add(item);
    }

    @Operation
    public boolean addTwo(@Param(name = "item") int item) {
        return intake.addAll(List.of(item, -item));
    }

    @Operation
    public List<Integer> take() {
        return intake.take();
    }

    @Operation
    public List<Integer> evict() {
        return intake.evict();
    }

    @Operation
    public int depth() {
        return intake.depth();
    }

    @Operation
    public List<Integer> close() {
        return intake.close();
    }

    @Test
    void modelChecking() {
        new ModelCheckingOptions()
                .sequentialSpecification(Queue.class)
                .iterations(SOAK ? 25 : 5)
                .invocationsPerIteration(SOAK ? 400 : 200)
                .threads(3)
                .actorsPerThread(3)
                .actorsBefore(2)
                .actorsAfter(2)
                .check(ItemBufferLincheckTest.class);
    }

    @Test
    void stress() {
        new StressOptions()
                .sequentialSpecification(Queue.class)
                .iterations(30)
                .invocationsPerIteration(3_000)
                .threads(3)
                .actorsPerThread(3)
                .actorsBefore(2)
                .actorsAfter(2)
                .check(ItemBufferLincheckTest.class);
    }

    /** What the buffer is to look like. */
    public static class Queue {

        private final List<Integer> items = new ArrayList<>();
        private boolean closed;

        public boolean add(int item) {
            return addAll(List.of(item));
        }

        public boolean addTwo(int item) {
            return addAll(List.of(item, -item));
        }

        private boolean addAll(List<Integer> more) {
            return !closed && items.size() + more.size() <= ItemBufferModel.CAPACITY && items.addAll(more);
        }

        public List<Integer> take() {
            return first(ItemBufferModel.BATCH);
        }

        public List<Integer> evict() {
            return first(1);
        }

        public int depth() {
            return items.size();
        }

        public List<Integer> close() {
            closed = true;
            return first(items.size());
        }

        private List<Integer> first(int most) {
            List<Integer> first = items.subList(0, Math.min(most, items.size()));
            List<Integer> copy = new ArrayList<>(first);
            first.clear();
            return copy;
        }
    }
}
