/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.lanes;

import static org.jetbrains.lincheck.Lincheck.runConcurrentTest;

import io.batcher.Batcher;
import io.batcher.BatcherConfig;
import io.batcher.Overflow;
import io.batcher.internal.buffer.AddRequest;
import io.batcher.internal.buffer.Claimed;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Races of an add that claims a slot without the lock while the room that lanes share changes under it, explored schedule by schedule. */
@Tag("lincheck")
@Tag("soak")
class RoomRacesTest {

    private static final int SCHEDULES = Integer.getInteger("batcher.schedules", 500);

    /** Odd and even numbers have different lanes. Built beforehand: Lincheck cannot follow the regular expression of the name. */
    private static final BatcherConfig<Integer> CONFIG = Batcher.<Integer>builder("race")
            .key(item -> item % 2)
            .concurrency(2)
            .capacity(4)
            .maxBatchSize(4)
            .overflow(Overflow.BLOCK)
            .handler(batch -> {})
            .config();

    private static AddRequest<Integer> call(Integer... items) {
        return new AddRequest<>(List.of(items), items[0] % 2, null, null);
    }

    /** Room is made for the first of two calls that wait, not for the second: no add gets a slot before that, at no moment. */
    @Test
    void anAddWhileOneOfTwoWaitingCallsIsAdmitted() {
        runConcurrentTest(SCHEDULES, () -> {
            KeyedLanes<Integer> lanes = new KeyedLanes<>(CONFIG);
            lanes.connect(new NothingDue());
            lanes.append(call(1, 3), 0);
            lanes.append(call(2, 4), 0);
            AddRequest<Integer> first = call(5);
            AddRequest<Integer> second = call(7, 9);
            lanes.await(first, 0);
            lanes.await(second, 0);
            Lane<Integer> odd = Objects.requireNonNull(lanes.claimable(1));
            odd.buffer().takeBatch(2);
            odd.buffer().release(2);
            Claimed[] claimed = new Claimed[1];
            Thread add = new Thread(() -> claimed[0] = odd.buffer().tryAddToShared(11, null));
            add.start();
            while (lanes.admitNext(0) != null) {} // as in the transition that has released the room
            join(add);
            check(first.outcome() == AddRequest.Outcome.PLACED, "the first call waits");
            check(second.outcome() == AddRequest.Outcome.WAITING, "the second call has room");
            check(claimed[0] == Claimed.NONE, "an add has overtaken the second call: " + claimed[0]);
        });
    }

    /** The slots ahead are taken back for a call that does not fit while an add claims one of them: the room is used once. */
    @Test
    void anAddWhileACallNeedsWhatIsReservedAhead() {
        runConcurrentTest(SCHEDULES, () -> {
            KeyedLanes<Integer> lanes = new KeyedLanes<>(CONFIG);
            lanes.connect(new NothingDue());
            lanes.append(call(1), 0);
            Lane<Integer> odd = Objects.requireNonNull(lanes.claimable(1));
            Claimed[] claimed = new Claimed[1];
            Thread add = new Thread(() -> claimed[0] = odd.buffer().tryAddToShared(3, null));
            add.start();
            boolean added = lanes.append(call(2, 4, 6), 0);
            join(add);
            boolean claims = claimed[0] != Claimed.NONE;
            check(added != claims, "both or neither: the call " + added + ", the add " + claimed[0]);
        });
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }
}
