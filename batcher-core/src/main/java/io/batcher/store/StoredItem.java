/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An item as it was read from a store. Equal to another with the same position.
 *
 * @param position where it is stored
 * @param type the name of the codec's format
 * @param payload the item as bytes; not to be changed
 * @param age how long it had been stored when it was read
 */
public record StoredItem(Position position, String type, byte[] payload, Duration age) {

    /** Checks the arguments. */
    public StoredItem {
        Objects.requireNonNull(position, "position");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(payload, "payload");
        Objects.requireNonNull(age, "age");
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof StoredItem item && item.position.equals(position);
    }

    @Override
    public int hashCode() {
        return position.hashCode();
    }

    /** Returns no content. */
    @Override
    public String toString() {
        return "StoredItem[position=" + position + ", type=" + type + ", bytes=" + payload.length + "]";
    }
}
