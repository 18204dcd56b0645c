/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

/** What the flush loop has to do next, outside the lock. */
sealed interface Step<T> {

    /** Call the handler. */
    record Deliver<T>(Delivery<T> delivery, Handler<T> handler, int serial) implements Step<T> {}

    /** Take note of an attempt whose stage has ended elsewhere. */
    record Settle<T>(Attempt<T> attempt) implements Step<T> {}

    /** Nothing is due, but the next batch will be soon: wait a moment for an event after those seen. */
    record Linger<T>(int eventsSeen) implements Step<T> {}

    /** Give items up to the dead-letter callback. */
    record GiveUp<T>(Letter<T> letter) implements Step<T> {}
}
