/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the calls of many threads into groups, so that they share a commit. There is no thread of its own: a thread that finds none
 * at work runs a group with its own call in it, and then appoints a waiting thread. A thread alone waits for no other.
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

        private State state = State.WAITING;
        private @Nullable Throwable failure;

        /** How much of a group it takes up. */
        abstract int weight();

        final synchronized void complete(@Nullable Throwable cause) {
            state = State.DONE;
            failure = cause;
            notifyAll();
        }

        final synchronized void appoint() {
            if (state == State.WAITING) {
                state = State.APPOINTED;
                notifyAll();
            }
        }

        final synchronized boolean isDone() {
            return state == State.DONE;
        }

        /**
         * Waits, through interrupts, since what the call does cannot be withdrawn. Returns whether this thread runs the next group.
         *
         * @param interrupts remembers an interrupt
         */
        final synchronized boolean await(Interrupts interrupts) {
            while (state == State.WAITING) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    interrupts.note();
                }
            }
            return state == State.APPOINTED;
        }

        final synchronized @Nullable Throwable failure() {
            return failure;
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

    /** Returns when the call is complete. Keeps an interrupt for the caller. */
    void submit(C call) {
        Interrupts interrupts = new Interrupts();
        try {
            if (enter(call) || call.await(interrupts)) {
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

    /** Returns whether the calling thread runs the next group. */
    private synchronized boolean enter(C call) {
        waiting.add(call);
        boolean leads = !running;
        running = true;
        return leads;
    }

    private void runGroups(C own) {
        try {
            do {
                runNext();
            } while (!own.isDone());
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
            cause = e;
            throw e;
        } finally {
            for (C call : group) {
                if (!call.isDone()) {
                    call.complete(cause);
                }
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
            running = next != null;
        }
        if (next != null) {
            next.appoint();
        }
    }
}
