/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.buffer;

import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The calls that wait for room, first come first served. Guarded by the batcher's lock. */
final class RoomQueue<T> {

    /** Null until a call waits: most batchers never need it. */
    private @Nullable ArrayDeque<AddRequest<T>> calls;

    boolean isEmpty() {
        return calls == null || calls.isEmpty();
    }

    /** Returns the call that has waited longest; null if none waits. */
    @Nullable AddRequest<T> first() {
        return calls == null ? null : calls.peekFirst();
    }

    void add(AddRequest<T> call) {
        if (calls == null) {
            calls = new ArrayDeque<>();
        }
        call.beginToWait();
        calls.addLast(call);
    }

    void remove(AddRequest<T> call) {
        if (calls != null) {
            calls.remove(call);
        }
    }

    List<AddRequest<T>> all() {
        return calls == null ? List.of() : List.copyOf(calls);
    }
}
