/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.BatcherStoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Polls a shared database for all sessions of a store, on the store's one thread: renews leases, looks at partitions, members and
 * waiting items with one statement, and lets each session act on it.
 */
final class Coordinator {

    private final Database database;
    private final PostgresCluster cluster;
    private final StoreTimer timer;
    private final Duration poll;
    private final long renewNanos;
    private final Map<String, SharedOwnership> members = new ConcurrentHashMap<>();

    /** Held while a session becomes a member, and while the row of one that is none any more is deleted: both have the same key. */
    private final ReentrantLock joining = new ReentrantLock();

    // Guarded by this object's monitor

    private boolean polling;
    private long renewedAt;
    private boolean failing;

    /** Set by tests: no poll does anything. */
    private volatile boolean stalled;

    Coordinator(Database database, PostgresCluster cluster, StoreTimer timer, Duration poll, Duration lease) {
        this.database = database;
        this.cluster = cluster;
        this.timer = timer;
        this.poll = poll;
        this.renewNanos = lease.toNanos() / 3;
    }

    /** Returns when a poll has ended that had begun before. */
    void stall(boolean on) {
        stalled = on;
        CompletableFuture<Boolean> ended = new CompletableFuture<>();
        timer.after(Duration.ZERO, () -> ended.complete(true));
        ended.join();
    }

    /** Adds a session, or tells that it acquires from now on or no more. */
    void join(SharedOwnership ownership) {
        String batcher = ownership.session().tables().batcher;
        joining.lock();
        try {
            database.run("join the instances", jdbc -> {
                cluster.removeMember(jdbc, batcher);
                cluster.renewMembers(jdbc, List.of(ownership.member()));
                return true;
            });
            members.put(batcher, ownership);
        } finally {
            joining.unlock();
        }
        synchronized (this) {
            if (!polling) {
                polling = true;
                renewedAt = System.nanoTime();
                timer.after(poll, this::pollAgain);
            }
        }
    }

    void remove(SharedOwnership ownership) {
        members.remove(ownership.session().tables().batcher, ownership);
    }

    /** Rejects the batcher if this instance has another number of partitions than the database: until a restart it delivers nothing. */
    void requireCurrent(String batcher) {
        SharedOwnership ownership = members.get(batcher);
        if (ownership != null) {
            ownership.requireCurrent();
        }
    }

    void leave(String batcher) {
        database.requireReachable("leave the instances");
        database.run("leave the instances", jdbc -> {
            cluster.removeMember(jdbc, batcher);
            return true;
        });
    }

    /** Polls once more, at once. */
    void pollSoon() {
        timer.after(Duration.ZERO, this::pollOnce);
    }

    private void pollAgain() {
        try {
            pollOnce();
        } finally {
            synchronized (this) {
                polling = !members.isEmpty();
                if (polling) {
                    timer.after(poll, this::pollAgain);
                }
            }
        }
    }

    private void pollOnce() {
        if (stalled || members.isEmpty()) {
            return;
        }
        try {
            renew();
            List<String> batchers = List.copyOf(members.keySet());
            Map<String, PostgresCluster.View> views =
                    database.read("look for partitions and items", jdbc -> cluster.views(jdbc, batchers));
            for (SharedOwnership ownership : new ArrayList<>(members.values())) {
                PostgresCluster.View view = views.get(ownership.session().tables().batcher);
                if (view != null) {
                    ownership.apply(view);
                }
            }
            succeeded();
        } catch (BatcherStoreException | IllegalStateException e) {
            failed(e);
        }
    }

    private void renew() {
        if (System.nanoTime() - renewedAt() < renewNanos) {
            return;
        }
        List<PostgresCluster.Member> all = new ArrayList<>();
        Map<String, Set<Integer>> held = new HashMap<>();
        members.forEach((batcher, ownership) -> {
            all.add(ownership.member());
            held.put(batcher, ownership.session().held().keySet());
        });
        database.run("renew leases", jdbc -> {
            // In the order of an instance that opens partitions: first members, then partitions.
            cluster.renewMembers(jdbc, all);
            cluster.renewLeases(jdbc, held);
            return true;
        });
        held.keySet().forEach(this::leaveIfClosed);
        synchronized (this) {
            renewedAt = System.nanoTime();
        }
    }

    /** Deletes the row of a session that was closed while it was renewed, unless another of that batcher has joined since. */
    private void leaveIfClosed(String batcher) {
        joining.lock();
        try {
            if (!members.containsKey(batcher)) {
                leave(batcher);
            }
        } finally {
            joining.unlock();
        }
    }

    private synchronized long renewedAt() {
        return renewedAt;
    }

    private synchronized void succeeded() {
        if (failing) {
            failing = false;
            Log.warning("the store reaches its database again");
        }
    }

    private synchronized void failed(RuntimeException cause) {
        if (!failing && !members.isEmpty()) {
            failing = true;
            Log.warning(
                    "the store does not reach its database; leases are not renewed until it does (retrying)", cause);
        }
    }

    /** Ends without a call to the database. */
    void stop() {
        members.clear();
    }
}
