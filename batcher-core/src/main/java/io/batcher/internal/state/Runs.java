/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.state;

import io.batcher.internal.lanes.Lane;
import io.batcher.internal.lanes.When;
import io.batcher.internal.threads.CallScope;
import io.batcher.internal.threads.LoopSignals;
import io.batcher.internal.threads.LoopStatus.State;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The loops of a batcher: as many may be active at once as it may make calls. Guarded by the batcher's lock. */
public final class Runs<T> {

    private final LoopSignals signals;
    private final long intervalNanos;
    private final @Nullable Run<T>[] runs;

    /** How many loops were ever needed at once. */
    private int created;

    /** When the executor may be asked again after a rejection; null if it has begun a task since. */
    private @Nullable Long refusedUntil;

    @SuppressWarnings({"unchecked", "rawtypes"})
    Runs(long intervalNanos, LoopSignals signals) {
        this.signals = signals;
        this.intervalNanos = intervalNanos;
        this.runs = new Run[signals.runs()];
    }

    /** Returns the loop that a run number belongs to. */
    Run<T> of(long runNumber) {
        return get(signals.index(runNumber));
    }

    private Run<T> get(int index) {
        Run<T> run = runs[index];
        if (run == null) {
            run = new Run<>(index, intervalNanos, signals);
            runs[index] = run;
            created = Math.max(created, index + 1);
        }
        return run;
    }

    /** Returns a loop that is idle; null if as many are active as may be. */
    @Nullable Run<T> idle() {
        Run<T> idle = first(Run::isFree);
        return idle != null || created == runs.length ? idle : get(created);
    }

    /** Returns the first loop of this kind; null if there is none. */
    @Nullable Run<T> first(Predicate<Run<T>> kind) {
        for (int i = 0; i < created; i++) {
            Run<T> run = runs[i];
            if (run != null && kind.test(run)) {
                return run;
            }
        }
        return null;
    }

    void forEach(Consumer<Run<T>> action) {
        for (int i = 0; i < created; i++) {
            Run<T> run = runs[i];
            if (run != null) {
                action.accept(run);
            }
        }
    }

    /** Returns the loop that serves the lane; null if there is none. */
    @Nullable Run<T> serving(Lane<T> lane) {
        return first(run -> run.lane() == lane);
    }

    boolean areIdle() {
        return first(run -> !run.is(State.IDLE)) == null;
    }

    /** Returns when the first task of those that the executor has not begun counts as lost. */
    When nextLost() {
        When next = When.Never.NEVER;
        for (int i = 0; i < created; i++) {
            Run<T> run = runs[i];
            if (run != null && run.is(State.QUEUED)) {
                next = When.earlier(next, new When.At(run.lostAt()));
            }
        }
        return next;
    }

    /** Returns the runs whose task the executor has not begun. */
    public List<Long> queued() {
        List<Long> queued = new ArrayList<>(1);
        forEach(run -> {
            if (run.queued() != 0) {
                queued.add(run.queued());
            }
        });
        return queued;
    }

    /** Returns the scopes of what the active runs do, or have left to a pending stage. */
    public List<CallScope> calls() {
        List<CallScope> calls = new ArrayList<>(1);
        forEach(run -> {
            if (run.action() != null) {
                calls.add(run.action());
            }
        });
        return calls;
    }

    /** Claims a run that the executor has not begun. Returns its new number; 0 if it has begun after all. */
    public long takeOver(long runNumber) {
        return of(runNumber).takeOver(runNumber);
    }

    /** Whether a run spins: it takes what becomes due before another one is started. */
    boolean isAnySpinning() {
        return first(Run::isSpinning) != null;
    }

    /**
     * Records that the task of a run begins. Returns the run; null if another one has taken its place.
     */
    @Nullable Run<T> begin(long runNumber) {
        Run<T> run = of(runNumber);
        if (!run.begin(runNumber)) {
            return null;
        }
        refusedUntil = null; // the executor has begun a task
        return run;
    }

    /**
     * Returns the run that is inside this call, or has left it to a pending stage; null if the call has returned, as it has if its attempt is
     * held.
     */
    @Nullable Run<T> inCall(CallScope call) {
        return first(run -> run.action() == call
                && ((run.is(State.RUNNING) && !run.awaitsPermit()) || (run.is(State.WAITING) && !run.isStageEnded())));
    }

    /** Whether a run is about to take a permit of the pace. */
    boolean isAnyStarting() {
        return first(Run::isStarting) != null;
    }

    /** Records that the executor has rejected the task of a run. It is asked again later. */
    void refuse(Run<T> run, long now) {
        refusedUntil = run.refuse(now);
    }

    /** Returns when the executor may be asked again; null if it has not rejected a task. */
    @Nullable Long refusedUntil() {
        return refusedUntil;
    }
}
