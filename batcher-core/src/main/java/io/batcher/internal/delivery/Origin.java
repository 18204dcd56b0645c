/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.delivery;

import java.util.Optional;

/** Where the items of a batch come from. */
public interface Origin {

    /** Returns the key of all items; empty if they have none in common. */
    Optional<Object> key();
}
