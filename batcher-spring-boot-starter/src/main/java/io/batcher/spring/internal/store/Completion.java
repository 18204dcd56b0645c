/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.store;

import io.batcher.store.StoreTransaction.Outcome;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.springframework.transaction.support.TransactionSynchronization;

/** Calls back with the outcome of what was done before it was registered. */
final class Completion implements TransactionSynchronization {

    private final Consumer<Outcome> callback;
    private final Set<Object> later = new HashSet<>();
    private boolean called;

    Completion(Consumer<Outcome> callback) {
        this.callback = callback;
    }

    @Override
    public void savepoint(Object savepoint) {
        later.add(savepoint);
    }

    @Override
    public void savepointRollback(Object savepoint) {
        if (!later.contains(savepoint)) {
            call(Outcome.ROLLED_BACK);
        }
    }

    @Override
    public void afterCompletion(int status) {
        call(
                switch (status) {
                    case STATUS_COMMITTED -> Outcome.COMMITTED;
                    case STATUS_ROLLED_BACK -> Outcome.ROLLED_BACK;
                    default -> Outcome.UNKNOWN;
                });
    }

    private void call(Outcome outcome) {
        if (!called) {
            called = true;
            callback.accept(outcome);
        }
    }
}
