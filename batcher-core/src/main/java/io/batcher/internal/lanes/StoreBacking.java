/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.lanes;

/**
 * What stands behind a lane whose items are in a store: it has to be told what was attempted and settled, and gives more items. Such a lane
 * has no letters. Guarded by the batcher's lock.
 */
public interface StoreBacking {

    /** Returns whether something has to be done in the store whatever the batcher delivers, or when: an outcome is to be recorded, the lane to be given back. */
    When duty(long now);

    /** Whether the lane may deliver: not before what was recorded is known, and not if another process is to take over. */
    boolean mayAttempt();

    /** Returns what is stored behind the items that were read. */
    Unread unread();

    /** Chooses what is done next, because it is due. The run that serves the lane does it without the lock. */
    void begin(long now);
}
