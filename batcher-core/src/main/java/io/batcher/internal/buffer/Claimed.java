/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.buffer;

/** What an add without the lock has claimed in one of several buffers. */
public enum Claimed {
    /** Nothing: the item is to be added under the lock. */
    NONE,
    SLOT,
    /** The last slot of a chunk, which may make a batch full: the caller has to tell the engine. */
    END
}
