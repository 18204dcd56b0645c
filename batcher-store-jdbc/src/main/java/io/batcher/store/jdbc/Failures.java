/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.BatcherStoreException;
import io.batcher.store.PartitionLostException;
import java.sql.SQLException;

/** Throws in one thread what happened in another. */
final class Failures {

    private Failures() {}

    /** Returns the exception with the stack of the calling thread, and the original one as its cause. */
    static BatcherStoreException again(BatcherStoreException failure) {
        if (failure instanceof PartitionLostException) {
            return failure;
        }
        return new BatcherStoreException(String.valueOf(failure.getMessage()), failure, failure.outcomeUnknown());
    }

    static RuntimeException unchecked(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof RuntimeException runtime) {
            return runtime;
        }
        return new IllegalStateException(failure);
    }

    /** Returns whether a failed commit may have taken effect: not if the database says that it rolled back. */
    static boolean isUnknownAfterCommit(SQLException failure) {
        String state = failure.getSQLState();
        return state == null || !(state.startsWith("40") || state.startsWith("23") || state.startsWith("25"));
    }
}
