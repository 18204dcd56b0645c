/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.partitions;

/** What is done for a lane in the store. */
public enum StoreAction {
    NONE,
    /** Record the outcome of an attempt. */
    RECORD,
    /** Ask for the batch that the last attempt was made with. */
    RESTORE,
    /** Move items to the dead letters that the codec has refused. */
    MOVE_TO_DEAD_LETTERS,
    /** Read items. */
    READ,
    /** Give the partition back. */
    RELEASE;

    /** Whether it changes what is known of the items behind those of the last attempt. */
    boolean isReading() {
        return this == READ || this == RESTORE || this == MOVE_TO_DEAD_LETTERS;
    }
}
