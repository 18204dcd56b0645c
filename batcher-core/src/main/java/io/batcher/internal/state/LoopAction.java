/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.state;

import io.batcher.internal.delivery.Attempt;
import io.batcher.internal.delivery.FrozenBatch;
import io.batcher.internal.delivery.GivenUp;
import io.batcher.internal.delivery.Handler;
import io.batcher.internal.partitions.PartitionLane;

/** What the flush loop does next, without the lock. */
public sealed interface LoopAction<T> {

    /** Begin an attempt and call the handler. */
    record Deliver<T>(FrozenBatch<T> batch, Handler<T> handler, int attemptNumber) implements LoopAction<T> {}

    /** Call the handler for an attempt that has begun and waited for its permit. */
    record Call<T>(Attempt<T> attempt) implements LoopAction<T> {}

    /** Settle an attempt whose stage has ended on another thread. */
    record Settle<T>(Attempt<T> attempt) implements LoopAction<T> {}

    /** Do what the lane has to do in its store. */
    record Store<T>(PartitionLane<T> lane) implements LoopAction<T> {}

    /** Nothing is due, but the next batch is expected soon: spin for a moment, until there is something for the run after what it has seen. */
    record Spin<T>(int endsSeen) implements LoopAction<T> {}

    /** Offer given-up items to the dead-letter callback. */
    record GiveUp<T>(GivenUp<T> letter) implements LoopAction<T> {}
}
