/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import java.io.Serial;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Thrown by a handler to name the items that failed; all others count as handled. The named items are kept, in order. If no item is named,
 * or an index is outside the batch, the whole batch counts as failed. A {@link java.util.concurrent.CompletionException} or
 * {@link java.util.concurrent.ExecutionException} around a cause is removed before the retry policy and dead letters get it.
 *
 * <pre>{@code
 * BatchConsumer<Reading> handler = batch -> {
 *     Map<Integer, Exception> failed = new HashMap<>();
 *     for (int i = 0; i < batch.size(); i++) {
 *         try {
 *             cloud.post(List.of(batch.get(i)));
 *         } catch (IOException e) {
 *             failed.put(i, e);
 *         }
 *     }
 *     if (!failed.isEmpty()) {
 *         throw new PartialBatchException(failed);
 *     }
 * };
 * }</pre>
 */
public final class PartialBatchException extends BatcherException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final transient @Nullable Map<Integer, Throwable> causesByIndex; // null after deserialisation only

    /**
     * Creates an exception that names the items that failed.
     *
     * @param causesByIndex the cause of each failed item, by its index in the batch; the map is copied
     * @throws NullPointerException if the map, a key or a cause is null
     */
    public PartialBatchException(Map<Integer, ? extends Throwable> causesByIndex) {
        this(copyOf(causesByIndex));
    }

    private PartialBatchException(TreeMap<Integer, Throwable> causes) {
        super(
                causes.size() + (causes.size() == 1 ? " item" : " items") + " of the batch failed",
                causes.isEmpty() ? null : causes.firstEntry().getValue());
        this.causesByIndex = Collections.unmodifiableMap(causes);
    }

    /** Returns the cause of each failed item by its index in the batch, in ascending order, unmodifiable. */
    public Map<Integer, Throwable> causesByIndex() {
        return causesByIndex == null ? Map.of() : causesByIndex;
    }

    private static TreeMap<Integer, Throwable> copyOf(Map<Integer, ? extends Throwable> causesByIndex) {
        Objects.requireNonNull(causesByIndex, "causesByIndex");
        TreeMap<Integer, Throwable> copy = new TreeMap<>();
        causesByIndex.forEach((index, cause) -> copy.put(
                Objects.requireNonNull(index, "an index is null; name each failed item by its index in the batch"),
                Objects.requireNonNull(
                        cause, () -> "the cause of item " + index + " is null; give each item its cause")));
        return copy;
    }
}
