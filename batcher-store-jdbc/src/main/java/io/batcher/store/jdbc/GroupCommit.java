/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the calls of many threads into groups, so that they share a commit. There is no thread of its own: a thread that finds none
 * at work runs a group with its own call in it, and then appoints a waiting thread. Until that one is awake, a thread that comes may be
 * faster: it runs the group of both. A thread alone waits for no other.
 *
 * @param <C> the kind of call
 */
final class GroupCommit<C extends GroupCommit.Call> {

    /** Runs a group. Every call is completed when it returns, in whatever way. */
    interface Runner<C> {
        void run(List<C> group);
    }

    /** A call and what the thread that made it waits for. */
    abstract static class Call {

        private enum State {
            WAITING,
            APPOINTED,
            DONE
        }

        /** No monitor: a virtual thread that waits must not hold its carrier, which the leader may need. */
        private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);

        private volatile @Nullable Thread waiter;
        private @Nullable Throwable failure;

        /** How much of a group it takes up. */
        abstract int weight();

        final void complete(@Nullable Throwable cause) {
            failure = cause;
            state.set(State.DONE);
            LockSupport.unpark(waiter);
        }

        final void appoint() {
            if (state.compareAndSet(State.WAITING, State.APPOINTED)) {
                LockSupport.unpark(waiter);
            }
        }

        final boolean isDone() {
            return state.get() == State.DONE;
        }

        /**
         * Waits, through interrupts, since what the call does cannot be withdrawn. Returns whether this thread may run the next group.
         *
         * @param interrupts remembers an interrupt
         */
        final boolean await(Interrupts interrupts) {
            waiter = Thread.currentThread();
            while (state.get() == State.WAITING) {
                LockSupport.park(this);
                if (Thread.interrupted()) {
                    interrupts.note();
                }
            }
            return state.compareAndSet(State.APPOINTED, State.WAITING);
        }

        /** Returns why a call that is done has failed; null if it has not. */
        final @Nullable Throwable failure() {
            return isDone() ? failure : null;
        }
    }

    private final Runner<C> runner;
    private final int maxWeight;

    /** Calls in no group yet, in order. Guarded by this object's monitor, as is {@link #running}. */
    private final ArrayDeque<C> waiting = new ArrayDeque<>();

    private boolean running;

    GroupCommit(int maxWeight, Runner<C> runner) {
        this.maxWeight = maxWeight;
        this.runner = runner;
    }

    /** An interrupt of a thread that runs or waits: hidden from the group, whose other calls it does not concern. */
    static final class Interrupts {
        private boolean noted = Thread.interrupted();

        void note() {
            noted = true;
        }

        void restore() {
            if (noted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Returns when the call is complete, also when it has failed. Keeps an interrupt for the caller. */
    void submit(C call) {
        Interrupts interrupts = new Interrupts();
        try {
            boolean leads = enter(call);
            while (!leads && call.await(interrupts)) {
                leads = lead();
            }
            if (leads) {
                runGroups(call);
            }
        } finally {
            interrupts.restore();
        }
    }

    /** Returns how many calls are in no group yet. */
    synchronized int waiting() {
        return waiting.size();
    }

    private synchronized boolean enter(C call) {
        waiting.add(call);
        return lead();
    }

    /** Returns whether the calling thread runs the next group: not if another one does. */
    private synchronized boolean lead() {
        boolean leads = !running;
        running = true;
        return leads;
    }

    private void runGroups(C own) {
        try {
            // It may be done already: between the appointment of this thread and its turn another one may have run the
            // call.
            while (!own.isDone()) {
                runNext();
            }
        } finally {
            handOver();
        }
    }

    private void runNext() {
        List<C> group = nextGroup();
        Throwable cause = new IllegalStateException("the group has not completed its calls");
        try {
            runner.run(group);
        } catch (Throwable e) {
            cause = e; // Not thrown: the group may be without the call of this thread, which must not stay in the
            // queue.
        }
        for (C call : group) {
            if (!call.isDone()) {
                call.complete(cause);
            }
        }
    }

    private synchronized List<C> nextGroup() {
        List<C> group = new ArrayList<>();
        long weight = 0;
        for (C next = waiting.peek(); next != null; next = waiting.peek()) {
            weight += next.weight();
            if (!group.isEmpty() && weight > maxWeight) {
                break;
            }
            group.add(waiting.remove());
        }
        return group;
    }

    private void handOver() {
        C next;
        synchronized (this) {
            next = waiting.peek();
            running = false;
        }
        if (next != null) {
            next.appoint();
        }
    }
}
