/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import io.batcher.BatcherClosedException;
import io.batcher.BatcherConfig;
import io.batcher.BatcherException;
import io.batcher.BatcherFullException;
import io.batcher.Overflow;
import io.batcher.internal.buffer.AddRequest;
import io.batcher.internal.buffer.ChunkSlice;
import io.batcher.internal.buffer.ItemBuffer;
import io.batcher.internal.buffer.Items;
import io.batcher.internal.report.Callbacks;
import io.batcher.internal.threads.CallScope;
import java.util.ArrayList;
import java.util.List;

/**
 * Lets items in that found no slot to claim: opens the next chunk, or applies the overflow policy. Thread-safe; the lock is taken
 * inside.
 */
final class Admission<T> {

    /** What became of a call. */
    enum Result {
        /** Its items are in the buffer. */
        IN,
        /** Its items were discarded, as a DROP policy wants. */
        DROPPED,
        /** The buffer is full. */
        FULL,
        /** The batcher is closed. */
        CLOSED;

        void throwIfRefused(BatcherConfig<?> config) {
            if (this == FULL || this == CLOSED) {
                throw refusal(config);
            }
        }

        /** Why the items are not in. */
        BatcherException refusal(BatcherConfig<?> config) {
            return this == CLOSED
                    ? new BatcherClosedException("batcher \"" + config.name() + "\" is closed")
                    : new BatcherFullException("batcher \"" + config.name() + "\" is full: its capacity of "
                            + config.capacity() + " items is used up and the overflow policy is " + config.overflow());
        }
    }

    /** What a look under the lock found. */
    private record Look<T>(Result result, boolean waits, List<ChunkSlice<T>> evicted) {}

    private final BatcherConfig<T> config;
    private final ItemBuffer<T> intake;
    private final FlushMachine<T> machine;
    private final Engine<T> engine;
    private final Callbacks<T> callbacks;
    private final Look<T> in = new Look<>(Result.IN, false, List.of());

    Admission(
            BatcherConfig<T> config,
            ItemBuffer<T> intake,
            FlushMachine<T> machine,
            Engine<T> engine,
            Callbacks<T> callbacks) {
        this.config = config;
        this.intake = intake;
        this.machine = machine;
        this.engine = engine;
        this.callbacks = callbacks;
    }

    /** Lets the items in, or says why not. Waits for room only under {@link Overflow#BLOCK}, and not inside a handler or callback. */
    Result admit(AddRequest<T> addition) {
        boolean mayWait =
                config.overflow() == Overflow.BLOCK && !config.maxBlock().isZero() && !CallScope.isInside(engine);
        return admit(addition, mayWait);
    }

    /** As {@link #admit(AddRequest)}, but never waits. */
    Result admitAtOnce(AddRequest<T> addition) {
        return admit(addition, false);
    }

    private Result admit(AddRequest<T> addition, boolean mayWait) {
        // What onDrop, or a dependent of a dropped item's future, adds must not drop: there would be no end to it.
        boolean mayDrop = !CallScope.isInside(this);
        Look<T> look = engine.change((now, decision) -> look(addition, mayWait, mayDrop, now, decision));
        if (look.waits()) {
            return awaitRoom(addition);
        }
        if (!look.evicted().isEmpty()) {
            look.evicted().forEach(taken -> reportEvicted(taken.items()));
        }
        if (look.result() == Result.DROPPED) {
            reportDropped(addition.items());
        }
        return look.result();
    }

    private Look<T> look(AddRequest<T> addition, boolean mayWait, boolean mayDrop, long now, Decision decision) {
        if (!machine.isOpen()) {
            return new Look<>(Result.CLOSED, false, List.of());
        }
        if (addition.size() == 0 || intake.append(addition, now)) {
            return in;
        }
        if (mayWait) {
            intake.await(addition);
            return new Look<>(Result.FULL, true, List.of());
        }
        Overflow policy = mayDrop ? config.overflow() : Overflow.REJECT;
        return switch (policy) {
            case REJECT, BLOCK -> {
                machine.totals().rejected += addition.size();
                yield new Look<>(Result.FULL, false, List.of());
            }
            case DROP_NEWEST -> dropIt(addition);
            case DROP_OLDEST ->
                intake.couldHold(addition.size()) ? dropOlder(addition, now, decision) : dropIt(addition);
        };
    }

    private Look<T> dropIt(AddRequest<T> addition) {
        machine.totals().dropped += addition.size();
        machine.totals().droppedAtTheDoor += addition.size();
        return new Look<>(Result.DROPPED, false, List.of());
    }

    /** Producers may claim a slot that was just made free, so again until ours are in; each time something older goes. */
    private Look<T> dropOlder(AddRequest<T> addition, long now, Decision decision) {
        List<ChunkSlice<T>> evicted = new ArrayList<>(1);
        do {
            ChunkSlice<T> taken = intake.evict(intake.lacking(addition.size()));
            machine.totals().dropped += taken.size();
            evicted.add(taken);
        } while (!intake.append(addition, now));
        machine.afterRelease(now, decision);
        return new Look<>(Result.IN, false, evicted);
    }

    private Result awaitRoom(AddRequest<T> addition) {
        boolean interrupted = false;
        try {
            engine.clock().await(addition.settled(), config.maxBlock().toNanos());
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            engine.update((now, decision) -> machine.withdrawUnlessDecided(addition, now, decision));
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return switch (addition.outcome()) {
            case PLACED -> Result.IN;
            case CLOSED -> Result.CLOSED;
            case WAITING -> Result.FULL;
        };
    }

    private void reportEvicted(Items<T> items) {
        insideDrop(() -> {
            callbacks.dropped(items.list());
            items.complete(Result.FULL.refusal(config));
        });
    }

    private void reportDropped(List<? extends T> items) {
        insideDrop(() -> callbacks.dropped(items));
    }

    private void insideDrop(Runnable report) {
        try (CallScope handler = CallScope.enter(engine);
                CallScope drop = CallScope.enter(this)) {
            report.run();
        }
    }
}
