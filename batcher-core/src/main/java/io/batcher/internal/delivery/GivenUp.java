/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.delivery;

import io.batcher.DeadLetter;

/** Items that were given up and wait for the dead-letter callback to take them; they are in memory until it has. */
public record GivenUp<T>(FrozenBatch<T> delivery, Throwable cause) {

    public DeadLetter<T> toDeadLetter(String batcher) {
        return new DeadLetter<>(batcher, delivery.itemList(), cause, delivery.attempts());
    }
}
