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
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.RandomAccess;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;

/**
 * A {@link Batch} over an array that nobody writes to any more. Immutable. Serialized as a plain list: what reads it needs no class of
 * ours, and nothing but the items is written.
 */
public final class ArrayBatch<T> extends AbstractList<T> implements Batch<T>, RandomAccess, Serializable {

    private static final long serialVersionUID = 1;

    private final Object[] items;
    private final int size;
    private final BatchIds.BatchId id;
    private final int attempt;
    private final FlushReason reason;
    private final Instant firstAddedAt;

    ArrayBatch(Items<T> items, BatchIds.BatchId id, int attempt, FlushReason reason, Instant firstAddedAt) {
        this.items = items.array();
        this.size = items.size();
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
    public int size() {
        return size;
    }

    @Override
    public T get(int index) {
        return at(Objects.checkIndex(index, size));
    }

    @Override
    public void forEach(Consumer<? super T> action) {
        Objects.requireNonNull(action);
        for (int i = 0; i < size; i++) {
            action.accept(at(i));
        }
    }

    @Override
    public Iterator<T> iterator() {
        return new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return next < size;
            }

            @Override
            public T next() {
                if (next >= size) {
                    throw new NoSuchElementException();
                }
                return at(next++);
            }
        };
    }

    @Override
    public Spliterator<T> spliterator() {
        return Spliterators.spliterator(
                items, 0, size, Spliterator.ORDERED | Spliterator.IMMUTABLE | Spliterator.NONNULL);
    }

    @Override
    public Object[] toArray() {
        return Arrays.copyOf(items, size, Object[].class);
    }

    @Override
    @SuppressWarnings({"unchecked", "SuspiciousSystemArraycopy"})
    public <A> A[] toArray(A[] target) {
        if (target.length < size) {
            return (A[]) Arrays.copyOf(items, size, target.getClass());
        }
        System.arraycopy(items, 0, target, 0, size);
        if (target.length > size) {
            Arrays.fill(target, size, size + 1, null);
        }
        return target;
    }

    /** The items from one index to another: a copy, which is serializable too and does not keep the whole batch in memory. */
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

    @SuppressWarnings("unchecked")
    private T at(int index) {
        return (T) items[index];
    }
}
