/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import io.batcher.internal.delivery.Attempt;
import io.batcher.internal.delivery.FrozenBatch;
import io.batcher.internal.delivery.GivenUp;
import io.batcher.internal.delivery.Handler;

/** What the flush loop has to do next, outside the lock. */
sealed interface LoopAction<T> {

    /** Call the handler. */
    record Deliver<T>(FrozenBatch<T> delivery, Handler<T> handler, int serial) implements LoopAction<T> {}

    /** Take note of an attempt whose stage has ended elsewhere. */
    record Settle<T>(Attempt<T> attempt) implements LoopAction<T> {}

    /** Nothing is due, but the next batch will be soon: wait a moment for an event after those seen. */
    record Linger<T>(int eventsSeen) implements LoopAction<T> {}

    /** Give items up to the dead-letter callback. */
    record GiveUp<T>(GivenUp<T> letter) implements LoopAction<T> {}
}
