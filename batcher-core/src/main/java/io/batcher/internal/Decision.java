/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * What a transition decided, to be carried out after the lock was released, in this order: let waiting calls go on, report, complete
 * futures; and start the flush loop. Used by one thread.
 */
final class Decision {

    private final List<CountDownLatch> toLetGo = new ArrayList<>(0);
    private final List<Runnable> reports = new ArrayList<>(0);
    private final List<Runnable> completions = new ArrayList<>(0);
    private int generation;

    /** A call that waits may go on. */
    void letGo(CountDownLatch call) {
        toLetGo.add(call);
    }

    /** Something to tell the user's callbacks. */
    void report(Runnable report) {
        reports.add(report);
    }

    void complete(CompletableFuture<Void> future, @Nullable Throwable failure) {
        completions.add(() -> {
            if (failure == null) {
                future.complete(null);
            } else {
                future.completeExceptionally(failure);
            }
        });
    }

    void complete(Items<?> items, @Nullable Throwable failure) {
        if (items.futures() != null) {
            completions.add(() -> items.complete(failure));
        }
    }

    /** A flush loop of this generation is to be started. */
    void startLoop(int generation) {
        this.generation = generation;
    }

    /** The generation of the loop to start; 0 for none. */
    int loopToStart() {
        return generation;
    }

    /** Does all of it but start the loop. */
    void carryOut() {
        toLetGo.forEach(CountDownLatch::countDown);
        reports.forEach(Runnable::run);
        completions.forEach(Runnable::run);
    }
}
