/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.buffer;

import io.batcher.Batcher;
import io.batcher.BatcherConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The buffer as the engine uses it: a claim without the lock where that succeeds, everything else under the lock. Small limits, so
 * that a few operations meet every boundary.
 */
public final class ItemBufferModel {

    public static final int CAPACITY = 3;
    public static final int BATCH = 2;

    private static final BatcherConfig<Integer> CONFIG = Batcher.<Integer>builder("model")
            .capacity(CAPACITY)
            .maxBatchSize(BATCH)
            .config();

    private final ReentrantLock lock = new ReentrantLock();
    private final ItemBuffer<Integer> intake = new ItemBuffer<>(CONFIG);
    private boolean closed;

    /** Returns whether the item is in. */
    public boolean add(int item) {
        return intake.tryAdd(item, null) != Chunk.FAILED || addAll(List.of(item));
    }

    public boolean addAll(List<Integer> items) {
        lock.lock();
        try {
            return !closed && intake.append(new AddRequest<>(items, null, null), 0);
        } finally {
            lock.unlock();
        }
    }

    /** Takes the next batch and is done with it at once. */
    public List<Integer> take() {
        ChunkSlice<Integer> taken;
        lock.lock();
        try {
            taken = intake.takeBatch(BATCH);
            intake.release(taken.size());
        } finally {
            lock.unlock();
        }
        return list(taken);
    }

    /** Takes the next batch, with its room; {@link #release} gives that back. */
    public List<Integer> hold() {
        ChunkSlice<Integer> taken;
        lock.lock();
        try {
            taken = intake.takeBatch(BATCH);
        } finally {
            lock.unlock();
        }
        return list(taken);
    }

    public void release(int count) {
        lock.lock();
        try {
            intake.release(count);
        } finally {
            lock.unlock();
        }
    }

    public List<Integer> evict() {
        ChunkSlice<Integer> taken;
        lock.lock();
        try {
            taken = intake.evict(1);
        } finally {
            lock.unlock();
        }
        return list(taken);
    }

    /** Ends the intake and takes all that is left. */
    public List<Integer> close() {
        ChunkSlice<Integer> taken;
        lock.lock();
        try {
            closed = true;
            intake.close();
            taken = intake.takeBatch(Integer.MAX_VALUE);
            intake.release(taken.size());
        } finally {
            lock.unlock();
        }
        return list(taken);
    }

    /** How many items are in memory. */
    public int depth() {
        lock.lock();
        try {
            return intake.waiting() + intake.unsettled();
        } finally {
            lock.unlock();
        }
    }

    private static List<Integer> list(ChunkSlice<Integer> taken) {
        Items<Integer> items = taken.items();
        List<Integer> list = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            list.add((Integer) items.array()[i]);
        }
        return list;
    }
}
