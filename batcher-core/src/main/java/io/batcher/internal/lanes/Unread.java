/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.lanes;

/** What is stored behind the items of a lane that were read. Guarded by the batcher's lock. */
public interface Unread {

    /** Whether there may be items to read, and room for them. */
    boolean hasMore();

    /** Whether it is known that as many items can be read as make a full batch with those that wait. */
    boolean hasFullBatch();

    /** Returns since when there may be items to read, in nanoseconds of the batcher's clock. Only if there may be. */
    long availableSince();

    /** Returns when reading may be tried, which may be in the past. */
    long notBefore();

    /** Whether there may be more items, and those that were read take as much memory as they may: then no full batch can be waited for. */
    boolean isBeyondMemory();
}
