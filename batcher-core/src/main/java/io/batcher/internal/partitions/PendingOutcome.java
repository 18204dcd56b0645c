/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.partitions;

import io.batcher.internal.delivery.FrozenBatch;
import io.batcher.internal.delivery.GivenUp;
import io.batcher.internal.delivery.RetryQueue;
import io.batcher.store.BatchRecord;
import io.batcher.store.DeadItem;
import io.batcher.store.Settlement;
import io.batcher.store.StoredItem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a lane's last attempt, on its way to the store: first its parts are collected, then the {@linkplain #recording recording} is
 * pending until the store has it. Guarded by the batcher's lock, except where stated.
 */
public final class PendingOutcome<T> {

    private static final int LONGEST_ERROR_TYPE = 200;

    private final StoredItemIndex items;

    /** How the transaction of the last call ended. Used by the run that serves the lane only. */
    private TransactionEnd transaction = TransactionEnd.NONE;

    private final List<FrozenBatch<T>> handled = new ArrayList<>(1);
    private final List<GivenUp<T>> letters = new ArrayList<>(0);

    /** What the store has to record; null if nothing. */
    private @Nullable Recording<T> recording;

    /** Whether close has ended. */
    private boolean closed;

    PendingOutcome(StoredItemIndex items) {
        this.items = items;
    }

    /** Notes how the transaction of the handler ended. Only by the run that serves the lane. */
    public void transactionEnded(TransactionEnd how) {
        transaction = how;
    }

    /** Returns how the transaction of the last call ended, once. Only by the run that serves the lane. */
    public TransactionEnd takeTransaction() {
        TransactionEnd how = transaction;
        transaction = TransactionEnd.NONE;
        return how;
    }

    void handled(FrozenBatch<T> batch) {
        handled.add(batch);
    }

    void gaveUp(GivenUp<T> letter) {
        letters.add(letter);
    }

    /**
     * Makes what was collected pending.
     *
     * @param retries what is attempted again; null if there never was anything
     */
    Recording<T> begin(EndedAttempt<T> ended, @Nullable RetryQueue<T> retries, long now) {
        List<StoredItem> gone = new ArrayList<>();
        if (!ended.recordedBefore()) {
            handled.forEach(part -> gone.addAll(items.of(part)));
        }
        List<DeadItem> dead = new ArrayList<>(ended.refused());
        for (GivenUp<T> letter : letters) {
            String type = errorType(letter.cause());
            items.of(letter.batch())
                    .forEach(item -> dead.add(new DeadItem(item, letter.batch().attempts(), type)));
        }
        BatchRecord remaining = retries == null ? null : remaining(retries, now);
        boolean nothing = ended.recordedBefore() && dead.isEmpty() && remaining == null;
        Recording<T> next = new Recording<>(
                nothing ? null : new Settlement(gone, dead, remaining),
                List.copyOf(handled),
                List.copyOf(letters),
                ended);
        handled.clear();
        letters.clear();
        recording = next;
        return next;
    }

    /** Returns what is attempted next of what was attempted before; null if nothing is. */
    private @Nullable BatchRecord remaining(RetryQueue<T> retries, long now) {
        FrozenBatch<T> next = retries.first();
        if (next == null || (next.attempts() == 0 && retries.pass() != null)) {
            return null; // an item that the pass is about to probe was not attempted
        }
        return items.record(next, Duration.ofNanos(Math.max(0, retries.attemptNotBefore() - now)));
    }

    /** Returns the class name of a failure, as the store keeps it. */
    static String errorType(Throwable failure) {
        String name = failure.getClass().getName();
        return name.length() > LONGEST_ERROR_TYPE ? name.substring(0, LONGEST_ERROR_TYPE) : name;
    }

    boolean isPending() {
        return recording != null;
    }

    /** Returns what is pending. Only by the run that serves the lane, if recording it is its store action. */
    public Recording<T> recording() {
        return Objects.requireNonNull(recording);
    }

    /** Keeps what the store has failed to record, to try again, unless close has ended. */
    void failed() {
        recording = closed ? null : recording;
    }

    /**
     * Lets nothing be recorded any more, except what is being recorded now.
     *
     * @return how many items are not settled because of that
     */
    int close(boolean isRecording) {
        closed = true;
        int unsettled = recording == null || isRecording ? 0 : recording.settledItems();
        recording = isRecording ? recording : null;
        return unsettled;
    }

    /** Ends it, because the store has recorded it, or another process owns the partition. */
    void end() {
        recording = null;
    }
}
