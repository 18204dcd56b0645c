/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

/** Why a batch was delivered when it was. */
public enum FlushReason {
    /** The interval since its first item entered the empty buffer was over. */
    INTERVAL,
    /** It had as many items as a batch may have. */
    SIZE,
    /** It was as heavy as a batch may be, or the next item would have made it too heavy. */
    WEIGHT,
    /** {@link Batcher#flush()} or {@link Batcher#drain()} asked for it. */
    MANUAL,
    /** The handler was free, and the batcher is eager or draining, or a call waited for room. */
    EAGER,
    /** The batcher is closing. */
    CLOSE
}
