/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.partitions;

import io.batcher.store.StoreMark;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** What pending flushes cover: marks of the store, in order. Guarded by the batcher's lock. */
public final class FlushMarks {

    /** A mark and its number. */
    public record Mark(long number, StoreMark mark) {}

    private final ArrayDeque<Mark> pending = new ArrayDeque<>(1);
    private long last;
    private long settledUpTo;

    /** Adds a mark. Returns its number. */
    long add(StoreMark mark) {
        pending.addLast(new Mark(++last, mark));
        return last;
    }

    /** Returns the mark that covers most; null if there is none. */
    public @Nullable Mark last() {
        return pending.peekLast();
    }

    /** Returns the mark that covers least; null if there is none. */
    public @Nullable Mark first() {
        return pending.peekFirst();
    }

    /** Records that everything before the mark, and before those in front of it, is settled. */
    public void settled(Mark mark) {
        settledUpTo = Math.max(settledUpTo, mark.number());
        pending.removeIf(each -> each.number() <= mark.number());
    }

    /** Forgets marks of flushes that have failed. */
    public void clear() {
        pending.clear();
        settledUpTo = last;
    }

    long settledUpTo() {
        return settledUpTo;
    }
}
