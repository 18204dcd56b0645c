/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import io.batcher.internal.buffer.Items;
import io.batcher.internal.delivery.Attempt;
import io.batcher.internal.threads.SharedThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * What a transition decided, to be carried out after the lock was released, in this order: end an attempt whose time is over, let
 * waiting calls go on, report, complete futures; and start the flush loop. Used by one thread.
 */
final class Decision {

    // Most transitions decide nothing of these, so the lists are made when they are needed.
    private @Nullable List<CountDownLatch> toLetGo;
    private @Nullable Runnable report;
    private @Nullable List<Runnable> completions;
    private long generation;
    private boolean restart;
    private @Nullable Attempt<?> timedOut;

    /** A call that waits may go on. */
    void letGo(CountDownLatch call) {
        toLetGo = with(toLetGo, call);
    }

    /** Something to tell the user's callbacks; one thing a transition at most. */
    void report(Runnable report) {
        this.report = report;
    }

    void complete(CompletableFuture<Void> future, @Nullable Throwable failure) {
        completions = with(completions, () -> Items.complete(future, failure));
    }

    void complete(Items<?> items, @Nullable Throwable failure) {
        if (items.futures() != null) {
            completions = with(completions, () -> items.complete(failure));
        }
    }

    /** A flush loop of this generation is to be started. */
    void startLoop(long generation) {
        this.generation = generation;
    }

    /** As {@link #startLoop}, because the executor has lost the start before. */
    void restartLoop(long generation) {
        startLoop(generation);
        restart = true;
    }

    /** The time of this attempt is over. */
    void timeOut(Attempt<?> attempt) {
        timedOut = attempt;
    }

    /** The generation of the loop to start; 0 for none. */
    long loopToStart() {
        return generation;
    }

    /** Whether the loop to start replaces one that was lost. */
    boolean isRestart() {
        return restart;
    }

    /** Does all of it but start the loop. */
    void carryOut() {
        if (timedOut != null) {
            SharedThreads.offTimer(timedOut::timeOut);
        }
        if (toLetGo != null) {
            toLetGo.forEach(CountDownLatch::countDown);
        }
        if (report != null) {
            report.run();
        }
        if (completions != null) {
            completions.forEach(Runnable::run);
        }
    }

    private static <E> List<E> with(@Nullable List<E> list, E element) {
        List<E> longer = list == null ? new ArrayList<>(1) : list;
        longer.add(element);
        return longer;
    }
}
