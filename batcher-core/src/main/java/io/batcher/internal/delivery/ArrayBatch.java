/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.delivery;

import io.batcher.Batch;
import io.batcher.FlushReason;
import io.batcher.internal.buffer.Items;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.time.Instant;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.RandomAccess;

/**
 * A {@link Batch} over an array that is no longer written to. Immutable. Serialized as a plain list: the reader needs no class of this
 * library, and only the items are written.
 */
public final class ArrayBatch<T> extends AbstractList<T> implements Batch<T>, RandomAccess, Serializable {

    private static final long serialVersionUID = 1;

    private final Object[] items;
    private final int size;
    private final Optional<Object> key;
    private final BatchIds.BatchId id;
    private final int attempt;
    private final FlushReason reason;
    private final Instant firstAddedAt;

    ArrayBatch(
            Items<T> items,
            Optional<Object> key,
            BatchIds.BatchId id,
            int attempt,
            FlushReason reason,
            Instant firstAddedAt) {
        this.items = items.array();
        this.size = items.size();
        this.key = key;
        this.id = id;
        this.attempt = attempt;
        this.reason = reason;
        this.firstAddedAt = firstAddedAt;
    }

    @Override
    public String id() {
        return id.toString();
    }

    @Override
    public int attempt() {
        return attempt;
    }

    @Override
    public FlushReason reason() {
        return reason;
    }

    @Override
    public Instant firstAddedAt() {
        return firstAddedAt;
    }

    @Override
    public Optional<Object> key() {
        return key;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    @SuppressWarnings("unchecked")
    public T get(int index) {
        return (T) items[Objects.checkIndex(index, size)];
    }

    /** Copies the array. Copy constructors of collections call this. */
    @Override
    public Object[] toArray() {
        return Arrays.copyOf(items, size, Object[].class);
    }

    /** Returns a copy: it is serializable and does not keep the whole batch in memory. */
    @Override
    public List<T> subList(int from, int to) {
        return Collections.unmodifiableList(new ArrayList<>(super.subList(from, to)));
    }

    private Object writeReplace() {
        return new ArrayList<>(this);
    }

    private void readObject(ObjectInputStream in) throws InvalidObjectException {
        throw new InvalidObjectException("a batch is serialized as a plain list");
    }
}
