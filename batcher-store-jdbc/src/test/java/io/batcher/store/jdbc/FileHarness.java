/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.store.ItemStore;
import io.batcher.store.fixtures.Faults;
import io.batcher.store.fixtures.StoreHarness;
import io.batcher.store.fixtures.Waiting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Stores in one directory, one open at a time. */
final class FileHarness implements StoreHarness {

    private static final Duration POLL = Duration.ofMillis(20);
    private static final Duration LEASE = Duration.ofMillis(300);

    private final Path directory;
    private final Faults faults = new Faults();
    private final FaultyJdbc faulty = new FaultyJdbc(faults);
    private JdbcStore last;

    FileHarness(Path directory) {
        this.directory = directory;
    }

    @Override
    public Duration lease() {
        return LEASE;
    }

    @Override
    public ItemStore newInstance() {
        last = JdbcStore.file(directory, faulty::wrap, POLL, LEASE);
        return last;
    }

    @Override
    public void kill(ItemStore instance) {
        ((JdbcStore) instance).abandon();
    }

    @Override
    public void stall(ItemStore instance) {
        throw new UnsupportedOperationException("a file has one process");
    }

    @Override
    public void unstall(ItemStore instance) {
        throw new UnsupportedOperationException("a file has one process");
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
        if (last != null) {
            last.abandon();
        }
    }
}
