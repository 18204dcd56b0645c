/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.store;

import io.batcher.BatcherStoreException;
import io.batcher.store.jdbc.ApplicationTransactions.Body;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.support.DefaultTransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Runs a handler in a transaction of its own. */
final class HandlerTransaction {

    private static final Log logger = LogFactory.getLog(HandlerTransaction.class);

    private HandlerTransaction() {}

    static void run(PlatformTransactionManager manager, Body body) throws Exception {
        TransactionStatus transaction = begin(manager);
        try {
            body.run();
        } catch (Throwable failure) {
            rollBack(manager, transaction, failure);
            throw failure;
        }
        commit(manager, transaction);
    }

    private static TransactionStatus begin(PlatformTransactionManager manager) {
        try {
            return manager.getTransaction(
                    new DefaultTransactionDefinition(TransactionDefinition.PROPAGATION_REQUIRES_NEW));
        } catch (TransactionException e) {
            throw new BatcherStoreException("Cannot begin a transaction for a handler", e);
        }
    }

    private static void rollBack(PlatformTransactionManager manager, TransactionStatus transaction, Throwable failure) {
        try {
            if (!transaction.isCompleted()) {
                manager.rollback(transaction);
            }
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    /**
     * Commits. What the database refuses is a failure of the handler. If the database does not answer, it is one of the store. What a
     * callback throws after the commit does not undo it, so it is logged.
     */
    private static void commit(PlatformTransactionManager manager, TransactionStatus transaction) {
        AtomicBoolean committed = new AtomicBoolean();
        if (TransactionSynchronizationManager.isSynchronizationActive()) {
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void afterCompletion(int status) {
                    committed.set(status == STATUS_COMMITTED);
                }
            });
        }
        try {
            manager.commit(transaction);
        } catch (RuntimeException | Error e) {
            if (committed.get()) {
                logger.warn("A callback failed after the commit of a handler's transaction, which has taken effect", e);
            } else if (e instanceof Error || e instanceof UnexpectedRollbackException || isRefused(e)) {
                throw e;
            } else {
                throw new BatcherStoreException(
                        "The answer to the commit of a handler's transaction was lost: it may have taken effect",
                        e,
                        true);
            }
        }
    }

    /**
     * Returns whether the transaction was rolled back for sure. The database says so in a state that is not about its connection, its end
     * or its disk. Without a state, the mapping of objects refused what it flushes; anything else is unknown.
     */
    private static boolean isRefused(Throwable failure) {
        boolean refused = false;
        boolean asked = false;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                String state = sql.getSQLState();
                if (state != null) {
                    return !state.startsWith("08") && !state.startsWith("57") && !state.startsWith("58");
                }
                asked = true;
            }
            refused |= cause instanceof DataAccessException && !(cause instanceof DataAccessResourceFailureException);
            refused |= cause.getClass().getName().endsWith(".ConstraintViolationException");
        }
        return refused && !asked;
    }
}
