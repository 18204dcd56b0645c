/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.partitions;

import io.batcher.store.DeadItem;
import io.batcher.store.ItemState;
import io.batcher.store.Position;
import io.batcher.store.Settlement;
import io.batcher.store.StoredItem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The futures of items that this process has submitted and that are not settled, by position. They are completed by whatever settles the
 * items: this process, or another one, of which the store tells. Guarded by its own monitor; completes no future while it is held.
 */
public final class PendingSubmits {

    /** What was settled while an item was being added, which may be that item: so many are remembered. The store tells of others later. */
    private static final int MOST_REMEMBERED = 1_024;

    /** What has become of an item. */
    private record Outcome(@Nullable Throwable failure) {}

    private final Map<Position, CompletableFuture<Void>> pending = new LinkedHashMap<>();
    private final Map<Position, Outcome> settledMeanwhile = new LinkedHashMap<>();

    /** Items of which this process records an outcome now: what the store says of them does not count. */
    private final Set<Position> beingRecorded = new HashSet<>();

    /** Why the futures of items that are stored from now on fail; null before close has ended. */
    private @Nullable Throwable closed;

    private int adding;
    private volatile boolean active;

    /** Called before an item is added. */
    public synchronized void adding() {
        adding++;
        active = true;
    }

    /** Called after {@link #adding} if the item was not stored. */
    public synchronized void notAdded() {
        added();
    }

    /** Called after {@link #adding} when the item is stored. */
    public void added(Position position, CompletableFuture<Void> future) {
        Outcome known;
        synchronized (this) {
            known = settledMeanwhile.remove(position);
            if (known == null && closed != null) {
                known = new Outcome(closed); // the item stays stored
            }
            if (known == null) {
                pending.put(position, future);
            }
            added();
        }
        if (known != null) {
            complete(future, known.failure());
        }
    }

    private void added() {
        adding--;
        if (adding == 0) {
            settledMeanwhile.clear();
        }
        active = adding > 0 || !pending.isEmpty();
    }

    /** Whether any item of which a future is to be completed is not settled. */
    public boolean isActive() {
        return active;
    }

    /** Completes the future of an item that was settled, if there is one. */
    public void settled(Position position, @Nullable Throwable failure) {
        CompletableFuture<Void> future;
        synchronized (this) {
            future = pending.remove(position);
            if (future == null && adding > 0) {
                settledMeanwhile.put(position, new Outcome(failure));
                if (settledMeanwhile.size() > MOST_REMEMBERED) {
                    Iterator<Position> eldest = settledMeanwhile.keySet().iterator();
                    eldest.next();
                    eldest.remove();
                }
            }
            active = adding > 0 || !pending.isEmpty();
        }
        if (future != null) {
            complete(future, failure);
        }
    }

    /** Called before this process records what it has settled: until {@link #recorded} the store's word on these items does not count. */
    public synchronized void recording(Settlement settlement) {
        if (active) {
            positions(settlement).forEach(beingRecorded::add);
        }
    }

    /** Called after {@link #recording}, when the futures are completed or the store has failed. */
    public synchronized void recorded(Settlement settlement) {
        if (!beingRecorded.isEmpty()) {
            positions(settlement).forEach(beingRecorded::remove);
        }
    }

    private static Stream<Position> positions(Settlement settlement) {
        return Stream.concat(
                        settlement.handled().stream(),
                        settlement.dead().stream().map(DeadItem::item))
                .map(StoredItem::position);
    }

    private synchronized boolean isBeingRecorded(Position position) {
        return beingRecorded.contains(position);
    }

    /** Returns items of which the store is to be asked, and asks of others the next time. */
    public synchronized List<Position> toAsk(int most) {
        List<Position> first = new ArrayList<>();
        Iterator<Position> positions = pending.keySet().iterator();
        while (positions.hasNext() && first.size() < most) {
            first.add(positions.next());
        }
        Map<Position, CompletableFuture<Void>> moved = new HashMap<>();
        first.forEach(position -> moved.put(position, pending.remove(position)));
        first.forEach(position -> pending.put(position, moved.get(position)));
        return first;
    }

    /** Returns how many futures are to be completed. */
    public synchronized int size() {
        return pending.size();
    }

    /** Completes the futures of items that another process has settled. Returns how many were settled. */
    public int tell(Map<Position, ItemState> states, String batcher) {
        int settled = 0;
        for (Map.Entry<Position, ItemState> entry : states.entrySet()) {
            Position position = entry.getKey();
            ItemState state = entry.getValue();
            if (state == ItemState.STORED || isBeingRecorded(position)) {
                continue; // or this process tells how it has ended
            }
            settled++;
            settled(
                    position,
                    state == ItemState.HANDLED
                            ? null
                            : new IllegalStateException("an item of batcher \"" + batcher
                                    + "\" was given up by another process; its dead letter tells why"));
        }
        return settled;
    }

    /** Fails all futures, also those of items that are being added: the items stay stored. */
    public void failAll(Throwable failure) {
        List<CompletableFuture<Void>> left;
        synchronized (this) {
            closed = failure;
            left = new ArrayList<>(pending.values());
            pending.clear();
            active = adding > 0;
        }
        left.forEach(future -> complete(future, failure));
    }

    private static void complete(CompletableFuture<Void> future, @Nullable Throwable failure) {
        if (failure == null) {
            future.complete(null);
        } else {
            future.completeExceptionally(failure);
        }
    }
}
