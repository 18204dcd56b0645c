/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.partitions;

/** How the transaction of a handler ended. */
public enum TransactionEnd {
    /** There was none. */
    NONE,
    /** The handler was not called, because the store does not answer. */
    NOT_BEGUN,
    /** What was handled has left the store. */
    COMMITTED,
    /** The handler has failed, and nothing has happened. */
    ROLLED_BACK,
    /** The handler has returned, but the store did not answer to the record, and nothing has happened. */
    NOT_RECORDED,
    /** The answer to the commit was lost. */
    UNKNOWN,
    /** Another process owns the partition. */
    LOST
}
