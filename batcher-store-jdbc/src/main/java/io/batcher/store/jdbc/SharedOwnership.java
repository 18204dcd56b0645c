/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.store.jdbc.PostgresCluster.PartitionRow;
import io.batcher.store.jdbc.PostgresCluster.View;
import io.batcher.store.jdbc.Tables.Acquired;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** Ownership among the instances that share a database, for one session. Decides with each poll of the {@link Coordinator}. */
final class SharedOwnership implements Ownership {

    private final JdbcSession session;
    private final PostgresTables tables;
    private final Coordinator coordinator;
    private final String owner;
    private final long leaseMillis;

    /** When partitions that were stopped may return, by {@code System.nanoTime}. */
    private final Map<Integer, Long> notBefore = new ConcurrentHashMap<>();

    private volatile boolean acquires;

    /** Whether another instance has changed the number of partitions. Used by the store's thread. */
    private volatile boolean outdated;

    SharedOwnership(JdbcSession session, Coordinator coordinator, String owner, long leaseMillis) {
        this.session = session;
        this.tables = (PostgresTables) session.tables();
        this.coordinator = coordinator;
        this.owner = owner;
        this.leaseMillis = leaseMillis;
    }

    JdbcSession session() {
        return session;
    }

    /** Returns this instance as the others see it. */
    PostgresCluster.Member member() {
        return new PostgresCluster.Member(tables.batcher, acquires, session.partitions());
    }

    @Override
    public void start() {
        acquires = true;
        notBefore.clear();
        coordinator.join(this);
        coordinator.pollSoon();
    }

    @Override
    public void suspend() {
        acquires = false;
        session.held().values().forEach(session::revoke);
        session.database().requireReachable("tell the other instances that this one acquires nothing");
        coordinator.join(this);
    }

    @Override
    public void close() {
        acquires = false;
        coordinator.remove(this);
    }

    @Override
    public void released(JdbcPartition partition, boolean forLease) {
        if (forLease) {
            notBefore.put(partition.number(), System.nanoTime() + leaseMillis * 1_000_000);
        }
    }

    @Override
    public void appended(Collection<Integer> parts) {
        parts.forEach(part -> session.available(session.held().get(part)));
    }

    /** Acts on what a poll has found. */
    void apply(View view) {
        List<JdbcPartition> active = active(view);
        if (isOutdated(view)) {
            active.forEach(session::revoke);
            return;
        }
        // Without a share also what was acquired while acquiring was stopped is given back.
        int share = acquires ? Shares.of(owner, List.copyOf(view.members()), session.partitions()) : 0;
        for (int i = active.size() - 1; i >= share; i--) {
            session.revoke(active.remove(i));
        }
        acquire(view, share - active.size());
        for (JdbcPartition partition : active) {
            PartitionRow row = view.partitions().get(partition.number());
            if (row != null && row.hasItems()) {
                session.available(partition);
            }
            if (row != null && row.hasStrays()) {
                adopt(partition);
            }
        }
    }

    /** Returns the partitions that this instance owns and keeps. Tells of those that it has lost. */
    private List<JdbcPartition> active(View view) {
        List<JdbcPartition> active = new ArrayList<>();
        for (JdbcPartition partition : session.held().values()) {
            PartitionRow row = view.partitions().get(partition.number());
            if (row == null
                    || !owner.equals(row.owner())
                    || row.epoch() != partition.lease().epoch()) {
                session.lost(partition);
            } else if (!partition.isEnding()) {
                active.add(partition);
            }
        }
        return active;
    }

    /**
     * Returns whether the stored number of partitions is another one: that of an instance that found none alive, because this one had
     * stood still, or had not reached the database, for longer than a lease. Appends fail meanwhile.
     */
    private boolean isOutdated(View view) {
        boolean changed = view.partitions().size() != session.partitions();
        if (changed && !outdated) {
            Log.warning("Batcher \"" + tables.batcher + "\" has "
                    + view.partitions().size()
                    + " partitions since this instance lost contact with the database, and this instance still has "
                    + session.partitions() + ": it delivers nothing, and adds fail. Restart this instance");
            coordinator.leave(tables.batcher); // a renewal may have read the old number while it was changed
        }
        outdated = changed;
        return changed;
    }

    void requireCurrent() {
        if (outdated) {
            throw new PartitionsChangedException(tables.batcher, session.partitions());
        }
    }

    /** Moves items that an instance stored by a former number of partitions, in a transaction that ended after the change. */
    private void adopt(JdbcPartition first) {
        int moved = session.database()
                .runStatement("move items to other partitions", jdbc -> tables.adopt(jdbc, first.lease()));
        if (moved > 0) {
            Log.warning(
                    "Batcher \"" + tables.batcher + "\": " + moved + " items of partitions that no longer exist were"
                            + " moved to others. Among items of the same key they may be out of order");
            session.held().values().forEach(session::available);
        }
    }

    private void acquire(View view, int wanted) {
        Set<Integer> excluded = excluded();
        long free = view.partitions().entrySet().stream()
                .filter(each -> isFree(each.getValue()) && !excluded.contains(each.getKey()))
                .count();
        for (long left = Math.min(wanted, free); left > 0 && acquires; left--) {
            Optional<Acquired> found = session.database()
                    .runStatement("acquire a partition", jdbc -> tables.acquire(jdbc, owner, leaseMillis, excluded));
            if (found.isEmpty()) {
                return;
            }
            Acquired acquired = found.get();
            excluded.add(acquired.part());
            Lease lease = new Lease(acquired.part(), owner, acquired.epoch(), leaseMillis);
            JdbcPartition partition = new JdbcPartition(session, acquired, lease, false);
            session.gained(partition);
            session.available(partition);
            if (session.isClosed()) {
                partition.release(); // it was closed meanwhile, and may have missed this one
            }
        }
    }

    /** A row of this owner without a partition here is left of an acquisition whose answer was lost. */
    private boolean isFree(PartitionRow row) {
        return row.isFree() || owner.equals(row.owner());
    }

    /** A partition whose lane has not ended is not acquired, nor one that was stopped, for a lease. */
    private Set<Integer> excluded() {
        Set<Integer> excluded = new TreeSet<>(session.held().keySet());
        notBefore.values().removeIf(time -> System.nanoTime() - time >= 0);
        excluded.addAll(notBefore.keySet());
        return excluded;
    }
}
