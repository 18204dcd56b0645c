/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.lanes;

/** The time between two marks of what flushes cover. Guarded by the batcher's lock. */
final class Epoch {

    /**
     * Where the items of an epoch begin in a lane.
     *
     * @param sequence the sequence number of the first
     */
    record Boundary(long sequence, Epoch epoch) {}

    final long number;

    /** How many lanes have their oldest unsettled item in it. */
    int lanes;

    Epoch(long number) {
        this.number = number;
    }
}
