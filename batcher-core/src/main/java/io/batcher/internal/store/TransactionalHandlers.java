/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.store;

import io.batcher.Batch;
import io.batcher.BatchConsumer;
import io.batcher.BatcherStoreException;
import io.batcher.PartialBatchException;
import io.batcher.internal.delivery.BatchIds;
import io.batcher.internal.delivery.Causes;
import io.batcher.internal.delivery.FrozenBatch;
import io.batcher.internal.delivery.Handler;
import io.batcher.internal.partitions.PartitionLane;
import io.batcher.internal.partitions.TransactionEnd;
import io.batcher.store.BatchRecord;
import io.batcher.store.PartitionLostException;
import io.batcher.store.Settlement;
import io.batcher.store.StoreSession;
import io.batcher.store.StoreTransaction;
import io.batcher.store.StoredItem;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Calls a handler in a transaction that also removes what it handled from the store. A {@link PartialBatchException} commits, what else it
 * throws rolls back. Notes in the lane how the transaction ended. Thread-safe.
 */
final class TransactionalHandlers<T> {

    private final StoreSession session;

    /** Names what is left of a batch until its outcome is recorded. */
    private final BatchIds ids;

    TransactionalHandlers(String batcher, StoreSession session) {
        this.session = session;
        this.ids = new BatchIds(batcher);
    }

    /** Returns a handler that calls the user's one with the batch in a transaction. */
    Handler<T> around(FrozenBatch<T> frozen, BatchConsumer<T> handler) {
        return Handler.sync(batch -> new Call(frozen, handler, batch).call());
    }

    private final class Call {

        private final FrozenBatch<T> frozen;
        private final BatchConsumer<T> handler;
        private final Batch<T> batch;
        private final PartitionLane<T> lane;
        private boolean called;
        private boolean settled;

        /** Whether the store did not answer to the record: that is no failure of the handler. */
        private boolean unrecorded;

        private @Nullable Exception partial;

        private Call(FrozenBatch<T> frozen, BatchConsumer<T> handler, Batch<T> batch) {
            this.frozen = frozen;
            this.handler = handler;
            this.batch = batch;
            this.lane = PartitionLane.of(frozen);
        }

        private void call() throws Exception {
            try {
                session.inTransaction(this::handle);
            } catch (PartitionLostException lost) {
                lane.outcome().transactionEnded(called && !settled ? TransactionEnd.ROLLED_BACK : TransactionEnd.LOST);
                throw lost;
            } catch (BatcherStoreException e) {
                lane.outcome().transactionEnded(end(e));
                throw e;
            } catch (Exception rollbackFailed) {
                if (unrecorded) {
                    lane.outcome().transactionEnded(TransactionEnd.NOT_RECORDED);
                }
                throw rollbackFailed;
            }
            lane.outcome().transactionEnded(TransactionEnd.COMMITTED);
            if (partial != null) {
                throw partial;
            }
        }

        private TransactionEnd end(BatcherStoreException failure) {
            if (!called) {
                return TransactionEnd.NOT_BEGUN;
            }
            if (settled && failure.outcomeUnknown()) {
                return TransactionEnd.UNKNOWN;
            }
            return settled || unrecorded ? TransactionEnd.NOT_RECORDED : TransactionEnd.ROLLED_BACK;
        }

        private void handle(StoreTransaction transaction) throws Exception {
            transaction.lock(lane.partition());
            called = true;
            List<StoredItem> all = lane.itemsOf(frozen);
            List<StoredItem> handled = all;
            List<StoredItem> left = List.of();
            try {
                handler.accept(batch);
            } catch (Exception thrown) {
                if (!(Causes.unwrapped(thrown) instanceof PartialBatchException named)
                        || !named.causesByIndex().keySet().stream()
                                .allMatch(index -> index >= 0 && index < batch.size())
                        || named.causesByIndex().isEmpty()) {
                    throw thrown;
                }
                Set<Integer> failed = named.causesByIndex().keySet();
                left = failed.stream().map(all::get).toList();
                handled = IntStream.range(0, all.size())
                        .filter(index -> !failed.contains(index))
                        .mapToObj(all::get)
                        .toList();
                partial = thrown;
            }
            BatchRecord remaining = left.isEmpty()
                    ? null
                    : new BatchRecord(
                            String.valueOf(ids.next()),
                            left,
                            frozen.attempts(),
                            frozen.countedAttempts(),
                            Duration.ZERO);
            try {
                transaction.settle(lane.partition(), new Settlement(handled, List.of(), remaining));
            } catch (PartitionLostException lost) {
                settled = true; // the loss is the store's, not something that the handler has thrown
                throw lost;
            } catch (BatcherStoreException down) {
                unrecorded = true;
                throw down;
            }
            settled = true;
        }
    }
}
