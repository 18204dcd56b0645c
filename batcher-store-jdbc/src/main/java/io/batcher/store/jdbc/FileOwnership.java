/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.BatcherStoreException;
import io.batcher.store.jdbc.Tables.Acquired;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Ownership in a file: its one process owns every partition that it wants. Partitions that were given back return after a while. */
final class FileOwnership implements Ownership {

    private final JdbcSession session;
    private final SqliteTables tables;
    private final String owner;
    private final StoreTimer timer;
    private final Duration pause;
    private final Duration lease;

    // Guarded by this object's monitor

    private boolean acquires;

    /** When partitions that were given back return, by {@code System.nanoTime}. */
    private final Map<Integer, Long> notBefore = new HashMap<>();

    FileOwnership(
            JdbcSession session, SqliteTables tables, String owner, StoreTimer timer, Duration pause, Duration lease) {
        this.session = session;
        this.tables = tables;
        this.owner = owner;
        this.timer = timer;
        this.pause = pause;
        this.lease = lease;
    }

    @Override
    public void start() {
        synchronized (this) {
            acquires = true;
            notBefore.clear();
        }
        acquire();
    }

    @Override
    public synchronized void suspend() {
        acquires = false;
        session.held().values().forEach(session::revoke);
    }

    @Override
    public synchronized void close() {
        acquires = false;
    }

    @Override
    public void released(JdbcPartition partition, boolean forLease) {
        Duration delay = forLease ? lease : pause;
        synchronized (this) {
            notBefore.put(partition.number(), System.nanoTime() + delay.toNanos());
        }
        timer.after(delay, this::acquireAgain);
    }

    @Override
    public void appended(Collection<Integer> parts) {
        parts.forEach(part -> session.available(session.held().get(part)));
    }

    private void acquireAgain() {
        try {
            acquire();
        } catch (BatcherStoreException e) {
            Log.warning("Batcher \"" + tables.batcher + "\" could not acquire its partitions (retrying)", e);
            timer.after(pause, this::acquireAgain);
        }
    }

    private synchronized void acquire() {
        List<Integer> free = free();
        if (free.isEmpty()) {
            return;
        }
        List<Acquired> acquired = session.database().run("acquire partitions", jdbc -> {
            List<Acquired> all = new ArrayList<>();
            for (int part : free) {
                all.add(tables.acquire(jdbc, part, owner));
            }
            return all;
        });
        for (Acquired each : acquired) {
            notBefore.remove(each.part());
            Lease own = new Lease(each.part(), owner, each.epoch(), lease.toMillis());
            session.gained(new JdbcPartition(session, each, own, true));
        }
        for (Acquired each : acquired) {
            session.available(session.held().get(each.part()));
        }
    }

    private List<Integer> free() {
        List<Integer> free = new ArrayList<>();
        for (int part = 0; acquires && part < session.partitions(); part++) {
            Long time = notBefore.get(part);
            if (!session.held().containsKey(part) && (time == null || System.nanoTime() - time >= 0)) {
                free.add(part);
            }
        }
        return free;
    }
}
