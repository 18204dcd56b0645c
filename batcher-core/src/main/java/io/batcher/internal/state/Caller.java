/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.state;

/** Where a call of a batcher comes from. */
public enum Caller {
    /** A thread of the application. */
    OUTSIDE,
    /** Inside the handler, on its thread. */
    HANDLER,
    /** Inside any other callback, or in a dependent of a future that the batcher completes. */
    CALLBACK
}
