/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store;

/** What has become of an appended item. */
public enum ItemState {
    /** It waits or is being delivered. */
    STORED,
    /** It left the store because it was handled. */
    HANDLED,
    /** It was moved to the dead letters. */
    DEAD_LETTERED
}
