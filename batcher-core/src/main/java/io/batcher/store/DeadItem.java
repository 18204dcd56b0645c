/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store;

import java.util.Objects;

/**
 * An item that is given up.
 *
 * @param item the item
 * @param attempts how many attempts were made with it
 * @param errorType the class name of the failure, or another short reason; never its message, which could quote the item
 */
public record DeadItem(StoredItem item, int attempts, String errorType) {

    /** Checks the arguments. */
    public DeadItem {
        Objects.requireNonNull(item, "item");
        Objects.requireNonNull(errorType, "errorType");
    }
}
