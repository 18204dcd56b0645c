/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.BatcherStoreException;
import io.batcher.store.PartitionLostException;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says whether what failed may have taken effect, and throws in one thread what happened in another. */
final class Failures {

    /** The state of a statement that ended at its timeout. */
    private static final String CANCELED = "57014";

    /** Classes of states with which PostgreSQL refuses a statement: data, constraint, transaction, privilege, resources, limits, state. */
    private static final List<String> REFUSED = List.of("22", "23", "25", "40", "42", "53", "54", "55");

    /** Classes of states with which PostgreSQL refuses a commit: constraint, transaction, its state. */
    private static final List<String> REFUSED_COMMIT = List.of("23", "25", "40");

    /** Classes of states that an item can cause: data, constraint, syntax or access, limits. */
    private static final List<String> OF_AN_ITEM = List.of("22", "23", "42", "54");

    /** Classes of states of a transaction that can only be rolled back. */
    private static final List<String> OF_THE_TRANSACTION = List.of("25", "40");

    /** Classes of states in which the connection is lost. */
    private static final List<String> OF_THE_CONNECTION = List.of("08", "57P");

    /** States of refused classes with which the server does not say whether it has committed. */
    private static final List<String> UNKNOWN = List.of("40003", "25P03", "25P04");

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

    /** Returns whether another item of the same group may be stored though this failure stored none: one of them is to blame. */
    static boolean isOfAnItem(BatcherStoreException failure) {
        return failure instanceof PartitionsChangedException
                || (failure.getCause() instanceof SQLException cause && isOf(OF_AN_ITEM, cause.getSQLState()));
    }

    /** Returns whether the transaction was in a failed state already, or the database has rolled it back in favour of another. */
    static boolean isOfTheTransaction(BatcherStoreException failure) {
        return failure.getCause() instanceof SQLException cause
                && !UNKNOWN.contains(cause.getSQLState())
                && isOf(OF_THE_TRANSACTION, cause.getSQLState());
    }

    /** Returns whether a failed statement that is its own transaction may have taken effect: not if the database has refused it. */
    static boolean isUnknownAfterStatement(SQLException failure) {
        return !isTimeout(failure) && isUnknown(REFUSED, failure.getSQLState());
    }

    /** Returns whether the connection is lost. */
    static boolean isOfTheConnection(SQLException failure) {
        return isOf(OF_THE_CONNECTION, failure.getSQLState());
    }

    /** Returns whether a statement ended at its timeout. */
    static boolean isTimeout(SQLException failure) {
        return CANCELED.equals(failure.getSQLState());
    }

    /** Returns whether a failed commit may have taken effect: not if the database says that it rolled back. */
    static boolean isUnknownAfterCommit(SQLException failure) {
        return isUnknown(REFUSED_COMMIT, failure.getSQLState());
    }

    private static boolean isUnknown(List<String> refused, @Nullable String state) {
        return !isOf(refused, state) || UNKNOWN.contains(state);
    }

    private static boolean isOf(List<String> classes, @Nullable String state) {
        return state != null && classes.stream().anyMatch(state::startsWith);
    }
}
