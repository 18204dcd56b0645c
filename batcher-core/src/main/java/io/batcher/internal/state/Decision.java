/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.state;

import io.batcher.internal.buffer.Items;
import io.batcher.internal.delivery.Attempt;
import io.batcher.internal.threads.SharedThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * What a transition decided, to be carried out after the lock is released, in this order: time out an attempt, release calls that wait for
 * room, report to callbacks, complete futures; and start the flush loop. Used by one thread.
 */
public final class Decision {

    // Most transitions decide none of these, so the lists are made on demand.
    private @Nullable List<CountDownLatch> released;
    private @Nullable Runnable report;
    private @Nullable List<Runnable> completions;
    private long runNumber;
    private boolean restart;
    private @Nullable Attempt<?> timedOut;

    Decision() {}

    /** Releases a call that waits for room. */
    void release(CountDownLatch call) {
        released = with(released, call);
    }

    /** Calls the user's callbacks; at most one report a transition. */
    public void report(Runnable report) {
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

    /** Starts a run of the flush loop. */
    void startLoop(long runNumber) {
        this.runNumber = runNumber;
    }

    /** As {@link #startLoop}, in place of a run whose task the executor has lost. */
    void restartLoop(long runNumber) {
        startLoop(runNumber);
        restart = true;
    }

    /** Times out an attempt. */
    void timeOut(Attempt<?> attempt) {
        timedOut = attempt;
    }

    boolean isTimingOut() {
        return timedOut != null;
    }

    /** The number of the run to start; 0 for none. */
    long loopToStart() {
        return runNumber;
    }

    /** Whether the run to start replaces one whose task was lost. */
    boolean isRestart() {
        return restart;
    }

    /** Carries out everything but the start of the loop. */
    void carryOut() {
        if (timedOut != null) {
            SharedThreads.offTimer(timedOut::timeOut);
        }
        if (released != null) {
            released.forEach(CountDownLatch::countDown);
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
