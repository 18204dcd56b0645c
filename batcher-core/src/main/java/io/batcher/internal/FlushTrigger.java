/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import io.batcher.BatcherConfig;
import io.batcher.FlushReason;
import io.batcher.internal.When.Due;
import io.batcher.internal.When.Never;
import io.batcher.internal.buffer.ItemBuffer;
import io.batcher.internal.delivery.RetryQueue;
import io.batcher.internal.delivery.Throttle;
import io.batcher.internal.threads.LoopStatus;
import org.jspecify.annotations.Nullable;

/**
 * The rule that says what is due, and when: the one place that knows every reason to deliver and every reason to wait. Reads state and
 * changes none. Guarded by the batcher's lock.
 */
final class FlushTrigger {

    private final Lifecycle lifecycle;
    private final PendingFlushes pendingFlushes;
    private final LoopStatus status;
    private final long intervalNanos;
    private final boolean eager;

    FlushTrigger(BatcherConfig<?> config, Lifecycle lifecycle, PendingFlushes pendingFlushes, LoopStatus status) {
        this.lifecycle = lifecycle;
        this.pendingFlushes = pendingFlushes;
        this.status = status;
        this.intervalNanos = config.interval().toNanos();
        this.eager = config.eager();
    }

    /**
     * Returns what the loop has to do for the lane, or when it will have something to do.
     *
     * @param throttle null if calls of the handler are not limited
     */
    When next(Lane<?> lane, @Nullable Throttle throttle, long now) {
        When next = work(lane, throttle, now);
        // Each reason for all work to wait is one line here.
        next = When.notBefore(lifecycle.isOpen() ? status.refusedUntil() : null, next, now);
        return next;
    }

    private When work(Lane<?> lane, @Nullable Throttle throttle, long now) {
        if (lane.isDetached()) {
            return Due.STAGE_ENDED; // or the loop would be WAITING
        }
        RetryQueue<?> retries = lane.retries();
        When letter = letter(lane, now);
        boolean blocksBatches = retries.letter() != null && !(lifecycle.isOpen() && retries.letsPass());
        return letter instanceof Due || blocksBatches ? letter : When.earlier(letter, call(lane, throttle, now));
    }

    private When letter(Lane<?> lane, long now) {
        if (lane.retries().letter() == null || !lifecycle.mayOffer()) {
            return Never.NEVER;
        }
        return skipsDelay(lane) ? Due.LETTER : When.from(lane.retries().letterNotBefore(), Due.LETTER, now);
    }

    private When call(Lane<?> lane, @Nullable Throttle throttle, long now) {
        if (!lifecycle.mayDeliver()) {
            return Never.NEVER;
        }
        When next = lane.hasHeldAttempt() ? Due.CALL : batch(lane, now);
        // Each reason for all calls of the handler to wait is one line here.
        next = When.notBefore(throttle == null ? null : throttle.notBefore(), next, now);
        return next;
    }

    private When batch(Lane<?> lane, long now) {
        if (lane.retries().hasBatches()) {
            return skipsDelay(lane) ? Due.RETRY : When.from(lane.retries().attemptNotBefore(), Due.RETRY, now);
        }
        return lane.buffer().waiting() == 0 ? Never.NEVER : newBatch(lane.buffer(), now);
    }

    private When newBatch(ItemBuffer<?> buffer, long now) {
        if (lifecycle.isClosing()) {
            return Due.CLOSE;
        }
        FlushReason full = buffer.full();
        if (full != null) {
            return full == FlushReason.WEIGHT ? Due.WEIGHT : Due.SIZE;
        }
        When flush = pendingFlushes.due(now);
        if (flush instanceof Due) {
            return flush;
        }
        if (lifecycle.isDraining() || eager || buffer.isRoomWanted()) {
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
