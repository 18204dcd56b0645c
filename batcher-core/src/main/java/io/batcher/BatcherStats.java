/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import java.time.Duration;

/**
 * A consistent snapshot of a batcher. At any moment
 * {@code accepted = handled + deadLettered + dropped + handedBack + depth} and {@code 0 <= depth <= capacity}.
 *
 * @param state what the batcher does
 * @param depth every item in memory: waiting, kept for a retry, with the handler
 * @param inFlight the part of {@code depth} that is with the handler now
 * @param capacity the most items that may be in memory
 * @param accepted items taken in since the start, those that a DROP policy discarded included
 * @param handled items that the handler succeeded with
 * @param failedAttempts handler calls that failed, wholly or for some items
 * @param rejected items that were refused; never part of {@code accepted}
 * @param dropped items that a DROP policy discarded
 * @param deadLettered items that were given up
 * @param handedBack items that close could not deliver
 * @param batches handler calls that ended, whatever their outcome
 * @param consecutiveFailures failed attempts since the last success
 * @param oldestAge how long the oldest item in memory has been there; zero if there is none
 */
public record BatcherStats(
        BatcherState state,
        int depth,
        int inFlight,
        int capacity,
        long accepted,
        long handled,
        long failedAttempts,
        long rejected,
        long dropped,
        long deadLettered,
        long handedBack,
        long batches,
        int consecutiveFailures,
        Duration oldestAge) {}
