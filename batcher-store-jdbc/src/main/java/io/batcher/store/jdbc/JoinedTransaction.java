/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.BatcherStoreException;
import io.batcher.store.NewItem;
import io.batcher.store.Partition;
import io.batcher.store.Position;
import io.batcher.store.Settlement;
import io.batcher.store.StoreTransaction;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;

/** A transaction of the application that a session takes part in. Confined to its thread. */
final class JoinedTransaction implements StoreTransaction {

    private final JdbcSession session;
    private final ApplicationTransactions.Active active;
    private final int timeoutSeconds;

    JoinedTransaction(JdbcSession session, ApplicationTransactions.Active active, int timeoutSeconds) {
        this.session = session;
        this.active = active;
        this.timeoutSeconds = timeoutSeconds;
    }

    @Override
    public List<Position> append(List<NewItem> items) {
        session.check(items);
        if (items.isEmpty()) {
            return List.of();
        }
        long[] ids = run("store items", jdbc -> session.tables().insert(jdbc, items));
        onCommit(() -> session.appended(items));
        return JdbcSession.positions(ids);
    }

    @Override
    public void lock(Partition partition) {
        run("hold a partition", jdbc -> {
            ((JdbcPartition) partition).lock(jdbc);
            return true;
        });
    }

    @Override
    public void settle(Partition partition, Settlement settlement) {
        JdbcPartition own = (JdbcPartition) partition;
        try {
            run("record an outcome", jdbc -> own.settle(jdbc, settlement));
        } catch (BatcherStoreException e) {
            if (Failures.isOfTheTransaction(e)) {
                throw new IllegalStateException(
                        "the transaction of the handler has failed before its outcome could be recorded: let the handler"
                                + " throw what has failed",
                        e);
            }
            throw e;
        }
        onCommit(() -> own.settled(settlement));
    }

    @Override
    public void afterCompletion(Consumer<Outcome> callback) {
        active.afterCompletion(callback);
    }

    private void onCommit(Runnable action) {
        active.afterCompletion(outcome -> {
            if (outcome == Outcome.COMMITTED) {
                action.run();
            }
        });
    }

    private <R> R run(String what, Work<R> work) {
        try (Jdbc jdbc = new Jdbc(active.connection(), timeoutSeconds)) {
            return work.run(jdbc);
        } catch (SQLException e) {
            throw new BatcherStoreException(
                    "Cannot " + what + " in the current transaction of batcher \"" + session.tables().batcher
                            + "\". Roll it back",
                    e);
        }
    }
}
