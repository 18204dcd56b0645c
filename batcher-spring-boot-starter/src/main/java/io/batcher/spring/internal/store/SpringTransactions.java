/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.store;

import io.batcher.BatcherStoreException;
import io.batcher.store.StoreTransaction.Outcome;
import io.batcher.store.jdbc.ApplicationTransactions;
import java.lang.StackWalker.Option;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionSynchronizationUtils;

/**
 * Spring's transactions on one {@code DataSource}, which adds join and handlers run in. As a listener of the transaction managers it learns which
 * transactions are on the {@code DataSource}, and when they end: what callbacks add after that is not part of the transaction any more,
 * although its connection is still bound to the thread.
 */
public final class SpringTransactions implements ApplicationTransactions, TransactionExecutionListener {

    private static final String JTA = "org.springframework.transaction.jta.JtaTransactionObject";

    private static final StackWalker STACK =
            StackWalker.getInstance(Set.of(Option.RETAIN_CLASS_REFERENCE, Option.SHOW_HIDDEN_FRAMES));

    private final DataSource dataSource;
    private final TransactionManagers managers;

    /** The holders of transactions that this thread ends: several if one begins in a callback of another. */
    private final ThreadLocal<Set<ConnectionHolder>> ended =
            ThreadLocal.withInitial(() -> Collections.newSetFromMap(new WeakHashMap<>()));

    private final ThreadLocal<@Nullable Object> boundBefore = new ThreadLocal<>();

    public SpringTransactions(DataSource dataSource, TransactionManagers managers) {
        this.dataSource = dataSource;
        this.managers = managers;
    }

    @Override
    public Optional<Active> current() {
        if (!TransactionSynchronizationManager.isSynchronizationActive()
                || !TransactionSynchronizationManager.isActualTransactionActive()
                || !(TransactionSynchronizationManager.getResource(dataSource) instanceof ConnectionHolder holder)
                || ended.get().contains(holder)) {
            return Optional.empty();
        }
        Begun innermost = (Begun) TransactionSynchronizationManager.getResource(this);
        for (Begun begun = innermost; begun != null; begun = begun.around) {
            if (begun.holder == holder) {
                return Optional.of(
                        new SpringTransaction(holder.getConnection(), begun.readOnly, begun.completions::add));
            }
        }
        return innermost == null || innermost.suspended || innermost.global ? unobserved(holder) : Optional.empty();
    }

    /**
     * The transaction of a manager without the listener, or one of JTA. A connection that commits each statement is no part of it, and
     * what a callback adds after the commit is not either.
     */
    private static Optional<Active> unobserved(ConnectionHolder holder) {
        Connection connection;
        try {
            connection = holder.getConnection();
        } catch (IllegalStateException | IllegalArgumentException none) {
            return Optional.empty(); // released while the transaction was suspended
        }
        return isAutoCommit(connection) || isInCallbackAfterCommit()
                ? Optional.empty()
                : Optional.of(new SpringTransaction(
                        connection,
                        TransactionSynchronizationManager.isCurrentTransactionReadOnly(),
                        TransactionSynchronizationManager::registerSynchronization));
    }

    /**
     * Returns whether a synchronization of the current transaction is being called after the commit. Only the stack tells: the state of the
     * thread and the connection is that of a running transaction. The synchronization is not a current one if it has begun a transaction
     * of its own.
     */
    private static boolean isInCallbackAfterCommit() {
        List<TransactionSynchronization> current = TransactionSynchronizationManager.getSynchronizations();
        return !current.isEmpty()
                && STACK.walk(
                        frames -> frames.anyMatch(frame -> frame.getMethodName().equals("afterCommit")
                                && current.stream().anyMatch(frame.getDeclaringClass()::isInstance)));
    }

    private static boolean isAutoCommit(Connection connection) {
        try {
            return connection.getAutoCommit();
        } catch (SQLException e) {
            throw new BatcherStoreException(
                    "Cannot tell whether the connection of the current transaction commits each statement. Roll the"
                            + " transaction back",
                    e);
        }
    }

    @Override
    public boolean canRun() {
        return managers.find(dataSource).isPresent();
    }

    @Override
    public void run(Body body) throws Exception {
        HandlerTransaction.run(managers.find(dataSource).orElseThrow(), body);
    }

    @Override
    public void beforeBegin(TransactionExecution transaction) {
        Object bound = TransactionSynchronizationManager.getResource(dataSource);
        if (bound == null) {
            boundBefore.remove();
        } else {
            boundBefore.set(bound);
        }
    }

    @Override
    public void afterBegin(TransactionExecution transaction, @Nullable Throwable failure) {
        Object before = boundBefore.get();
        boundBefore.remove();
        if (failure != null || !isOfThread(transaction)) {
            return;
        }
        Object bound = TransactionSynchronizationManager.getResource(dataSource);
        ConnectionHolder own = bound != before && bound instanceof ConnectionHolder holder ? holder : null;
        if (own != null) {
            ended.get().remove(own);
        }
        Object around = TransactionSynchronizationManager.unbindResourceIfPossible(this);
        Begun begun = new Begun(own, isGlobal(transaction), transaction.isReadOnly(), (Begun) around);
        TransactionSynchronizationManager.bindResource(this, begun);
        TransactionSynchronizationManager.registerSynchronization(begun);
    }

    @Override
    public void beforeCommit(TransactionExecution transaction) {
        ends(transaction);
    }

    @Override
    public void beforeRollback(TransactionExecution transaction) {
        ends(transaction);
    }

    private void ends(TransactionExecution transaction) {
        if (isOfThread(transaction)) {
            Begun innermost = (Begun) TransactionSynchronizationManager.getResource(this);
            Object holder = innermost == null || innermost.global
                    ? TransactionSynchronizationManager.getResource(dataSource)
                    : innermost.holder;
            if (holder instanceof ConnectionHolder own) {
                ended.get().add(own);
            }
        }
    }

    /** Returns false also for a savepoint: the transaction around it goes on when it is released. */
    private static boolean isOfThread(TransactionExecution transaction) {
        return transaction instanceof TransactionStatus
                && transaction.isNewTransaction()
                && TransactionSynchronizationManager.isSynchronizationActive();
    }

    /** Returns whether any {@code DataSource} may be a part of the transaction. */
    private static boolean isGlobal(TransactionExecution transaction) {
        return transaction instanceof DefaultTransactionStatus status
                && status.hasTransaction()
                && status.getTransaction().getClass().getName().equals(JTA);
    }

    /** A transaction that its manager has begun: bound to the thread until it ends, also while it is suspended. */
    private final class Begun implements TransactionSynchronization {

        /** Its connection; null if it is not on the store's {@code DataSource}. */
        private final @Nullable ConnectionHolder holder;

        private final boolean global;
        private final boolean readOnly;

        /** The one that was begun before, on this thread, and goes on later. */
        private final @Nullable Begun around;

        private final List<TransactionSynchronization> completions = new ArrayList<>();
        private boolean suspended;

        Begun(@Nullable ConnectionHolder holder, boolean global, boolean readOnly, @Nullable Begun around) {
            this.holder = holder;
            this.global = global;
            this.readOnly = readOnly;
            this.around = around;
        }

        @Override
        public void suspend() {
            suspended = true;
        }

        @Override
        public void resume() {
            suspended = false;
        }

        @Override
        public void savepoint(Object savepoint) {
            completions.forEach(completion -> completion.savepoint(savepoint));
        }

        @Override
        public void savepointRollback(Object savepoint) {
            completions.forEach(completion -> completion.savepointRollback(savepoint));
        }

        @Override
        public void afterCompletion(int status) {
            if (TransactionSynchronizationManager.getResource(SpringTransactions.this) == this) {
                TransactionSynchronizationManager.unbindResource(SpringTransactions.this);
                if (around != null) {
                    TransactionSynchronizationManager.bindResource(SpringTransactions.this, around);
                }
            }
            TransactionSynchronizationUtils.invokeAfterCompletion(completions, status);
        }
    }

    private record SpringTransaction(
            Connection connection, boolean isReadOnly, Consumer<TransactionSynchronization> register)
            implements Active {

        @Override
        public void afterCompletion(Consumer<Outcome> callback) {
            register.accept(new Completion(callback));
        }
    }
}
