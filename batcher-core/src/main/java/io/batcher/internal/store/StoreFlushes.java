/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.store;

import io.batcher.internal.partitions.FlushMarks;
import io.batcher.internal.state.Engine;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Completes the flushes whose items are settled, by this process or by others: the store is asked. Any thread, without the lock. */
final class StoreFlushes<T> {

    private final Engine<T> engine;
    private final StoreParts<T> store;

    StoreFlushes(Engine<T> engine, StoreParts<T> store) {
        this.engine = engine;
        this.store = store;
    }

    /** Completes flushes whose items are settled, if this process has nothing more to deliver as far as it knows. */
    void check() {
        if (engine.read(machine -> machine.store().lanes().marks().last() != null
                && machine.store().lanes().areQuiet())) {
            settle();
        }
    }

    /** Completes flushes whose items are settled. */
    void settle() {
        FlushMarks.@Nullable Mark last = engine.<Optional<FlushMarks.Mark>>read(machine ->
                        Optional.ofNullable(machine.store().lanes().marks().last()))
                .orElse(null);
        if (last == null || isSettled(last)) {
            return;
        }
        FlushMarks.Mark first;
        do {
            first = engine.<Optional<FlushMarks.Mark>>read(machine ->
                            Optional.ofNullable(machine.store().lanes().marks().first()))
                    .orElse(null);
        } while (first != null && first.number() < last.number() && isSettled(first));
    }

    private boolean isSettled(FlushMarks.Mark mark) {
        try {
            if (!mark.mark().isSettled()) {
                return false;
            }
        } catch (RuntimeException down) {
            store.failed("find out what is settled", "it is asked again later", down);
            return false;
        }
        store.answered();
        engine.update((machine, now, decision) -> machine.store().settled(mark, decision));
        return true;
    }
}
