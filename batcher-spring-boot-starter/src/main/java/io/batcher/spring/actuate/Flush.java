/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.actuate;

import io.batcher.BatcherState;
import io.batcher.spring.ManagedBatcher;
import io.batcher.spring.actuate.FlushDescriptor.Outcome;
import io.batcher.spring.internal.BoundedWait;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A flush requested through the endpoint: started immediately, awaited until its timeout. */
final class Flush {

    private final ManagedBatcher batcher;
    private final @Nullable CompletableFuture<Void> future; // null while paused: the flush would not complete
    private final @Nullable BoundedWait wait;

    private Flush(ManagedBatcher batcher, @Nullable CompletableFuture<Void> future, @Nullable BoundedWait wait) {
        this.batcher = batcher;
        this.future = future;
        this.wait = wait;
    }

    static Flush begin(ManagedBatcher batcher, Duration timeout) {
        if (isPaused(batcher)) {
            return new Flush(batcher, null, null);
        }
        CompletableFuture<Void> future = batcher.batcher().flush();
        return new Flush(batcher, future, new BoundedWait(batcher, future, timeout));
    }

    FlushDescriptor end() {
        Outcome outcome = outcome();
        return new FlushDescriptor(
                batcher.name(), outcome, batcher.batcher().stats().depth());
    }

    private Outcome outcome() {
        if (future == null || wait == null) {
            return Outcome.PAUSED;
        }
        if (!isDone(wait)) {
            return isPaused(batcher) ? Outcome.PAUSED : Outcome.TIMED_OUT;
        }
        return future.isCompletedExceptionally() ? Outcome.FAILED : Outcome.SUCCESS;
    }

    private static boolean isDone(BoundedWait wait) {
        try {
            return wait.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static boolean isPaused(ManagedBatcher batcher) {
        return batcher.batcher().stats().state() == BatcherState.PAUSED;
    }
}
