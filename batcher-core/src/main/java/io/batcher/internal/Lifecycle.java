/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

/** The life of a batcher. */
enum Lifecycle {
    /** Items are accepted. */
    OPEN,
    /** Items are refused; those that are left get their last attempt. */
    CLOSING,
    /** It is over. */
    CLOSED
}
