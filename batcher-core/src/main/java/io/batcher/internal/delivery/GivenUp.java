/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.delivery;

import io.batcher.DeadLetter;

/** Items that failed for the last time, and why. They stay in memory until the dead-letter callback has taken them. */
public record GivenUp<T>(FrozenBatch<T> batch, Throwable cause) {

    public DeadLetter<T> toDeadLetter(String batcher) {
        return new DeadLetter<>(batcher, batch.itemList(), cause, batch.attempts());
    }
}
