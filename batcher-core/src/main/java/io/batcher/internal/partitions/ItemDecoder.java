/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.partitions;

import io.batcher.BatcherConfig;
import io.batcher.internal.buffer.AddRequest;
import io.batcher.store.DeadItem;
import io.batcher.store.ItemCodec;
import io.batcher.store.StoredItem;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Makes items of what is stored. The codec is user code: called on the thread of a run, without the lock. Thread-safe. */
public final class ItemDecoder<T> {

    /** So many refusals in a row are not the items' fault: the codec is another one than wrote them. */
    private static final int MOST_REFUSALS = 100;

    private final ItemCodec<T> codec;
    private final @Nullable ToLongFunction<? super T> weigher;

    public ItemDecoder(BatcherConfig<T> config) {
        this.codec = Objects.requireNonNull(config.codec());
        this.weigher = config.weigher();
    }

    /**
     * Reads items up to one that this process cannot read, or up to too many refusals in a row.
     *
     * @param undecided what was refused at the end of the last reading and was not moved
     * @param inARow how many were refused in a row up to there
     * @param last whether nothing is stored behind these items: then all refused ones are to be moved
     */
    public DecodedItems<T> decode(List<StoredItem> stored, List<DeadItem> undecided, int inARow, boolean last) {
        List<StoredItem> good = new ArrayList<>(stored.size());
        List<T> items = new ArrayList<>(stored.size());
        List<DeadItem> refused = new ArrayList<>(0);
        List<DeadItem> tail = new ArrayList<>(undecided);
        int row = inARow;
        for (StoredItem item : stored) {
            if (!item.type().equals(codec.type())) {
                return reading(
                        good,
                        items,
                        refused,
                        List.of(),
                        row,
                        "an item has the type \"" + item.type() + "\", but the codec reads \"" + codec.type() + "\"");
            }
            try {
                T read = Objects.requireNonNull(codec.read(item.payload()), "the codec has read null");
                if (weigher != null && weigher.applyAsLong(read) < 0) {
                    throw new IllegalArgumentException("weigher must return zero or more");
                }
                good.add(item);
                items.add(read);
                refused.addAll(tail);
                tail.clear();
                row = 0;
            } catch (Throwable refusal) {
                if (refusal instanceof VirtualMachineError error && !(error instanceof StackOverflowError)) {
                    throw error; // not the item's fault
                }
                tail.add(new DeadItem(item, 0, PendingOutcome.errorType(refusal)));
                row++;
                if (row >= MOST_REFUSALS) {
                    return reading(
                            good,
                            items,
                            refused,
                            List.of(),
                            row,
                            "the codec has refused " + row + " items in a row, the last with "
                                    + refusal.getClass().getName());
                }
            }
        }
        if (last) {
            refused.addAll(tail);
            tail.clear();
        }
        return reading(good, items, refused, tail, row, null);
    }

    private DecodedItems<T> reading(
            List<StoredItem> good,
            List<T> items,
            List<DeadItem> refused,
            List<DeadItem> undecided,
            int inARow,
            @Nullable String stop) {
        return new DecodedItems<>(good, new AddRequest<>(items, null, weigher), refused, undecided, inARow, stop);
    }
}
