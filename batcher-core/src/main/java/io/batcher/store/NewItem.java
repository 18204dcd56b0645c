/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store;

import java.util.Objects;

/**
 * An item to append. The payload is neither copied nor changed.
 *
 * @param partition the number of its partition, from 0
 * @param type the name of the codec's format
 * @param payload the item as bytes
 */
@SuppressWarnings("ArrayRecordComponent")
public record NewItem(int partition, String type, byte[] payload) {

    /** Checks the arguments. */
    public NewItem {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(payload, "payload");
        if (partition < 0) {
            throw new IllegalArgumentException("partition must not be negative, but was " + partition);
        }
    }

    /** Returns no content. */
    @Override
    public String toString() {
        return "NewItem[partition=" + partition + ", type=" + type + ", bytes=" + payload.length + "]";
    }
}
