/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.store.ItemStore;
import io.batcher.store.fixtures.Faults;
import io.batcher.store.fixtures.StoreHarness;
import io.batcher.store.fixtures.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Stores on the tables of one test. */
final class PostgresHarness implements StoreHarness {

    private static final Duration POLL = Duration.ofMillis(20);
    private static final Duration LEASE = Duration.ofMillis(1_000);

    private final String prefix = Postgres.newPrefix();
    private final Faults faults = new Faults();
    private final List<JdbcStore> stores = new ArrayList<>();

    String prefix() {
        return prefix;
    }

    @Override
    public Duration lease() {
        return LEASE;
    }

    @Override
    public ItemStore newInstance() {
        JdbcStore store = JdbcStore.builder(new FaultyJdbc(faults).wrap(Postgres.pool()))
                .tablePrefix(prefix)
                .pollInterval(POLL)
                .lease(LEASE)
                .build();
        stores.add(store);
        return store;
    }

    @Override
    public void kill(ItemStore instance) {
        ((JdbcStore) instance).abandon();
        stores.remove(instance);
    }

    @Override
    public void stall(ItemStore instance) {
        ((JdbcStore) instance).stall(true);
    }

    @Override
    public void unstall(ItemStore instance) {
        ((JdbcStore) instance).stall(false);
    }

    @Override
    public Faults faults() {
        return faults;
    }

    @Override
    public void await(String what, BooleanSupplier condition) {
        Waiting.until(what, condition);
    }

    @Override
    public void close() {
        stores.forEach(JdbcStore::abandon);
    }
}
