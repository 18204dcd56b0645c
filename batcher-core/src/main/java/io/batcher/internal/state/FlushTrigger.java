/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.state;

import io.batcher.BatcherConfig;
import io.batcher.FlushReason;
import io.batcher.internal.buffer.ItemBuffer;
import io.batcher.internal.delivery.RetryQueue;
import io.batcher.internal.lanes.Lane;
import io.batcher.internal.lanes.Rule;
import io.batcher.internal.lanes.StoreBacking;
import io.batcher.internal.lanes.When;
import io.batcher.internal.lanes.When.Due;
import io.batcher.internal.lanes.When.Never;

/**
 * The rule that says what is due, and when: the one place that knows every reason to deliver and every reason to wait. Reads state and
 * changes none. Guarded by the batcher's lock.
 */
final class FlushTrigger implements Rule {

    private final Lifecycle lifecycle;
    private final PendingFlushes pendingFlushes;
    private final long intervalNanos;
    private final boolean eager;
    private final boolean isStored;

    FlushTrigger(BatcherConfig<?> config, Lifecycle lifecycle, PendingFlushes pendingFlushes) {
        this.lifecycle = lifecycle;
        this.pendingFlushes = pendingFlushes;
        this.intervalNanos = config.interval().toNanos();
        this.eager = config.eager();
        this.isStored = config.store() != null;
    }

    @Override
    public boolean isStopped() {
        return lifecycle.isStopped() && !isStored; // what is in a store is given back during a pause
    }

    @Override
    public When letter(Lane<?> lane, long now) {
        StoreBacking backing = lane.backing();
        if (backing != null) {
            return backing(lane, backing, now);
        }
        RetryQueue<?> retries = lane.retriesIfAny();
        if (retries == null || retries.letter() == null || !lifecycle.mayOffer() || !lane.mayOffer()) {
            return Never.NEVER;
        }
        return skipsDelay(lane) ? Due.LETTER : When.from(retries.letterNotBefore(), Due.LETTER, now);
    }

    /** Each reason for the calls of one lane to wait is in here; what all calls wait for is in {@link Rule#limit}. */
    @Override
    public When call(Lane<?> lane, long now) {
        RetryQueue<?> retries = lane.retriesIfAny();
        boolean waitsForLetter =
                retries != null && retries.letter() != null && !(lifecycle.isOpen() && retries.letsPass());
        if (waitsForLetter || !lifecycle.mayDeliver() || !lane.mayAttempt()) {
            return Never.NEVER;
        }
        if (lane.backing() != null && (!lifecycle.isOpen() || lifecycle.isStopped())) {
            return Never.NEVER; // another process delivers what is stored, or the next one
        }
        return lane.awaitsPermit() ? Due.CALL : batch(lane, now);
    }

    /** Items are read when a batch of them would be due, so that few reads make full batches. */
    private When backing(Lane<?> lane, StoreBacking backing, long now) {
        When duty = backing.duty(now);
        boolean mayRead = lifecycle.isOpen()
                && !lifecycle.isStopped()
                && lifecycle.mayDeliver()
                && backing.mayAttempt()
                && backing.unread().hasMore();
        if (duty instanceof Due || !mayRead || lane.awaitsPermit()) {
            return duty;
        }
        RetryQueue<?> retries = lane.retriesIfAny();
        if (retries != null && retries.needsProbe() && lane.buffer().waiting() == 0) {
            return When.earlier(
                    duty,
                    When.from(backing.unread().notBefore(), Due.STORE, now)); // to tell a bad item from a bad handler
        }
        if (lane.hasRetries()) {
            return duty;
        }
        return When.earlier(duty, When.notBefore(backing.unread().notBefore(), read(lane, backing, now), now));
    }

    private When read(Lane<?> lane, StoreBacking backing, long now) {
        ItemBuffer<?> buffer = lane.buffer();
        if (buffer.full() != null) {
            return Never.NEVER;
        }
        boolean atOnce = backing.unread().hasFullBatch() || lifecycle.isDraining() || eager || lane.isRoomWanted();
        When flush = pendingFlushes.due(lane.isFlushed(), now);
        if (atOnce || flush instanceof Due || !lifecycle.isTicking()) {
            return Due.STORE; // without ticks only reading tells whether a batch is full
        }
        long since = buffer.waiting() == 0 ? backing.unread().availableSince() : buffer.oldestAddedAt();
        return When.earlier(flush, When.from(since + intervalNanos, Due.STORE, now));
    }

    private When batch(Lane<?> lane, long now) {
        RetryQueue<?> retries = lane.retriesIfAny();
        if (retries != null && retries.hasBatches()) {
            return skipsDelay(lane) ? Due.RETRY : When.from(retries.attemptNotBefore(), Due.RETRY, now);
        }
        return lane.buffer().waiting() == 0 ? Never.NEVER : newBatch(lane, now);
    }

    private When newBatch(Lane<?> lane, long now) {
        ItemBuffer<?> buffer = lane.buffer();
        if (lifecycle.isClosing()) {
            return Due.CLOSE;
        }
        FlushReason full = buffer.full();
        if (full != null) {
            return full == FlushReason.WEIGHT ? Due.WEIGHT : Due.SIZE;
        }
        StoreBacking backing = lane.backing();
        if (backing != null && backing.unread().isBeyondMemory()) {
            return Due.SIZE;
        }
        When flush = pendingFlushes.due(lane.isFlushed(), now);
        if (flush instanceof Due) {
            return flush;
        }
        if (lifecycle.isDraining() || eager || lane.isRoomWanted()) {
            return Due.EAGER;
        }
        return lifecycle.isTicking()
                ? When.earlier(flush, When.from(buffer.oldestAddedAt() + intervalNanos, Due.INTERVAL, now))
                : flush;
    }

    /** Whether what has failed does not wait for its delay. */
    private boolean skipsDelay(Lane<?> lane) {
        return lane.isHurried() || lifecycle.isClosing();
    }
}
