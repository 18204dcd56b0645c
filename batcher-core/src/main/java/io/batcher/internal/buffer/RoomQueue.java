/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.buffer;

import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The calls that wait for room, first come first served. Guarded by the batcher's lock. */
public final class RoomQueue<T> {

    /** Null until a call waits: most batchers never need it. */
    private @Nullable ArrayDeque<AddRequest<T>> calls;

    public boolean isEmpty() {
        return calls == null || calls.isEmpty();
    }

    public int size() {
        return calls == null ? 0 : calls.size();
    }

    /** Returns the call that has waited longest; null if none waits. */
    public @Nullable AddRequest<T> first() {
        return calls == null ? null : calls.peekFirst();
    }

    public void add(AddRequest<T> call) {
        if (calls == null) {
            calls = new ArrayDeque<>();
        }
        call.beginToWait();
        calls.addLast(call);
    }

    /** Removes a call. Returns whether it was one of those that wait. */
    public boolean remove(AddRequest<T> call) {
        return calls != null && calls.remove(call);
    }

    public List<AddRequest<T>> all() {
        return calls == null ? List.of() : List.copyOf(calls);
    }

    /** Removes a call, because there is room for it now. */
    public void admit(AddRequest<T> call) {
        remove(call);
        call.settle(AddRequest.Outcome.PLACED);
    }

    /** Removes all calls, because the batcher is closed. Returns them. */
    public List<AddRequest<T>> close() {
        List<AddRequest<T>> refused = all();
        for (AddRequest<T> call : refused) {
            remove(call);
            call.settle(AddRequest.Outcome.CLOSED);
        }
        return refused;
    }
}
