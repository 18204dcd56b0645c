/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import java.util.Collection;

/** How one session comes by its partitions. Thread-safe. */
interface Ownership {

    /** Begins to acquire. Repeatable. */
    void start();

    /** Stops acquiring and revokes what is owned. Repeatable. */
    void suspend();

    /** A partition was given back. It is not acquired again before the time has passed. */
    void released(JdbcPartition partition, boolean forLease);

    /** Items were appended to partitions. */
    void appended(Collection<Integer> parts);

    /** Ends without a call to the database. */
    void close();
}
