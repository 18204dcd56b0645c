/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

/** What a batcher has counted. Guarded by the batcher's lock. */
final class Counters {
    long handled;
    long failedAttempts;
    long rejected;
    /** Items that a DROP policy discarded, and those of them that never were in the buffer. */
    long dropped;

    long droppedOnArrival;
    long deadLettered;
    long handedBack;
    long batches;
    int consecutiveFailures;
}
