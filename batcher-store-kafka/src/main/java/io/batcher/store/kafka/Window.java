/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.jspecify.annotations.Nullable;

/**
 * The records of a partition from what is committed to what was fetched. The consumer's thread adds what it has fetched, the threads of
 * the engine take it. Guarded by its monitor.
 */
final class Window {

    /** With as many records or bytes at hand the partition is not fetched, once the recorded batch was. */
    static final int FULL = 2_000;

    private static final long FULL_BYTES = 4 << 20;

    private final ArrayDeque<ConsumerRecord<byte[], byte[]>> waiting = new ArrayDeque<>();
    private final List<ConsumerRecord<byte[], byte[]>> restored = new ArrayList<>();
    private final long restoredEnd;
    private final long gainedBase;
    private Progress progress;
    private @Nullable OffsetAndMetadata committed;
    private long position;
    private long waitingBytes;
    private boolean ended;

    /** Where the fetched records ended when a read for more timed out: a transaction that has not ended holds them up. */
    private volatile long heldUpAt = -1;

    /** Completed, and replaced, when something was fetched. No wait for the monitor: that would pin the carrier of a virtual thread. */
    private CompletableFuture<Boolean> change = new CompletableFuture<>();

    /**
     * Creates the window of a partition.
     *
     * @param committed what was committed when it was gained; null for nothing
     */
    Window(Progress progress, @Nullable OffsetAndMetadata committed) {
        this.progress = progress;
        this.committed = committed;
        this.position = progress.base();
        this.gainedBase = progress.base();
        this.restoredEnd = progress.batchEnd();
    }

    // The consumer's thread

    /**
     * Adds records. What lies between them has no record.
     *
     * @param next the offset behind what was fetched
     * @return whether {@link #take} has records and had none
     */
    synchronized boolean fetched(List<ConsumerRecord<byte[], byte[]>> records, long next) {
        if (ended) {
            return false;
        }
        boolean wasEmpty = waiting.isEmpty();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            advance(record.offset());
            position = record.offset() + 1;
            if (progress.isRecorded(record.offset())) {
                restored.add(record);
            } else if (!progress.isGone(record.offset())) {
                waiting.add(record);
                waitingBytes += size(record);
            }
        }
        advance(next);
        changed();
        return wasEmpty && !waiting.isEmpty();
    }

    private void changed() {
        change.complete(true);
        change = new CompletableFuture<>();
    }

    private void advance(long offset) {
        if (offset > position) {
            progress = progress.withoutRecords(position, offset);
            position = offset;
        }
    }

    /**
     * Returns whether the partition is to be fetched. The recorded batch is read first, so what stands before it fills no window: that is
     * what an isolation has put off, at most the rest of one batch.
     */
    synchronized boolean wantsMore() {
        return !ended && (position < restoredEnd || (waiting.size() < FULL && waitingBytes < FULL_BYTES));
    }

    /** Returns whether offsets without a record are all that is to be committed, so that the group's lag shows what is stored. */
    synchronized boolean hasIdleProgress() {
        return !ended
                && progress.attempt() == null
                && progress.base() > (committed == null ? gainedBase : committed.offset());
    }

    /** Returns whether nothing was committed since this window did, or since it was made: no other process has begun anything. */
    synchronized boolean isLastCommitted(@Nullable OffsetAndMetadata found) {
        OffsetAndMetadata own = committed;
        return own == null || found == null
                ? own == found
                : own.offset() == found.offset() && own.metadata().equals(found.metadata());
    }

    /** Returns the offset behind what was fetched. */
    synchronized long position() {
        return position;
    }

    /** Ends what waits: the partition is lost or released. */
    synchronized void end() {
        ended = true;
        waiting.clear();
        restored.clear();
        changed();
    }

    // The engine's threads

    synchronized Progress progress() {
        return progress;
    }

    /** Makes a step that was committed, on what was fetched meanwhile. */
    synchronized void committed(OffsetAndMetadata next, UnaryOperator<Progress> step) {
        committed = next;
        progress = step.apply(progress);
        restored.removeIf(record -> !progress.isRecorded(record.offset()));
    }

    /** How long the reads of a session wait. After one that timed out the next ones are short, so that others get the thread. */
    static final class Waits {

        private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(2);
        private static final long SHORT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
        private static final long SHORT_FOR_NANOS = 5 * LONG_NANOS;

        private volatile long shortUntil = System.nanoTime();

        private long nanos() {
            return System.nanoTime() - shortUntil < 0 ? SHORT_NANOS : LONG_NANOS;
        }

        private void timedOut() {
            shortUntil = System.nanoTime() + SHORT_FOR_NANOS;
        }
    }

    /**
     * Takes records. If there are none, waits until everything before an end was fetched, but once only for the same records.
     *
     * @return empty if there are none, or the wait was too long
     */
    List<ConsumerRecord<byte[], byte[]>> take(int maxItems, long maxBytes, long end, Waits waits) {
        long at = position();
        long nanos = waits.nanos();
        if (at != heldUpAt && !await(() -> !waiting.isEmpty() || position >= end, nanos)) {
            heldUpAt = at;
            if (nanos == Waits.LONG_NANOS) {
                waits.timedOut();
            }
        }
        return take(maxItems, maxBytes);
    }

    private synchronized List<ConsumerRecord<byte[], byte[]>> take(int maxItems, long maxBytes) {
        List<ConsumerRecord<byte[], byte[]>> taken = new ArrayList<>();
        long bytes = 0;
        for (ConsumerRecord<byte[], byte[]> next = waiting.peek(); next != null; next = waiting.peek()) {
            bytes += size(next);
            if (taken.size() == maxItems || (bytes > maxBytes && !taken.isEmpty())) {
                break;
            }
            taken.add(waiting.remove());
            waitingBytes -= size(next);
        }
        return taken;
    }

    /** Returns whether records are at hand, or are to be fetched before an end. */
    synchronized boolean hasMore(long end) {
        return !ended && (!waiting.isEmpty() || position < end);
    }

    /** Puts records back that were taken and not handed out. */
    synchronized void putBack(List<ConsumerRecord<byte[], byte[]>> taken) {
        if (!ended) {
            for (int i = taken.size() - 1; i >= 0; i--) {
                waiting.addFirst(taken.get(i));
                waitingBytes += size(taken.get(i));
            }
        }
    }

    /** Returns the records of the batch that was recorded when the partition was gained; empty if they were not fetched in time. */
    Optional<List<ConsumerRecord<byte[], byte[]>>> restored(long waitNanos) {
        boolean complete = await(() -> position >= restoredEnd, waitNanos);
        return complete ? Optional.of(restored()) : Optional.empty();
    }

    private synchronized List<ConsumerRecord<byte[], byte[]>> restored() {
        return List.copyOf(restored);
    }

    /** Waits for what is fetched. Returns false if that took too long, or after an interrupt, which is kept. */
    private boolean await(BooleanSupplier fetched, long waitNanos) {
        long deadline = System.nanoTime() + waitNanos;
        try {
            while (true) {
                CompletableFuture<Boolean> next;
                synchronized (this) {
                    if (ended || fetched.getAsBoolean()) {
                        return true;
                    }
                    next = change;
                }
                next.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            }
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e); // it is only completed normally
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static int size(ConsumerRecord<byte[], byte[]> record) {
        byte @Nullable [] value = record.value();
        return value == null ? 0 : value.length;
    }
}
