/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import io.batcher.BatcherClock;
import io.batcher.BatcherClosedException;
import io.batcher.BatcherConfig;
import io.batcher.CloseResult;
import io.batcher.internal.delivery.FrozenBatch;
import io.batcher.internal.delivery.HandBack;
import io.batcher.internal.report.Callbacks;
import io.batcher.internal.report.Log;
import io.batcher.internal.threads.CallScope;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Closes a batcher: stops the intake, lets what is left have its last attempt within the timeout, and hands back the rest. The first
 * caller does it; later ones wait for it and get nothing, unless it failed for want of memory. Thread-safe.
 */
final class Shutdown<T> {

    /** How long the executor has to begin a task before a thread of our own does. */
    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** How often in a row the call that runs has to be found waiting for the thread that closes. */
    private static final int AWAITED_TWICE = 2;

    private final BatcherConfig<T> config;
    private final FlushMachine<T> machine;
    private final Engine<T> engine;
    private final Callbacks<T> callbacks;
    private final Log log;
    private final CountDownLatch closed = new CountDownLatch(1);

    /** What was taken out and could not be handed over, for want of memory: the next call gets it. */
    private final AtomicReference<@Nullable List<FrozenBatch<T>>> kept = new AtomicReference<>();

    /** Whether the call that closes has failed before it had taken anything out: the next call goes on. */
    private final AtomicBoolean unfinished = new AtomicBoolean();

    Shutdown(BatcherConfig<T> config, FlushMachine<T> machine, Engine<T> engine, Callbacks<T> callbacks, Log log) {
        this.config = config;
        this.machine = machine;
        this.engine = engine;
        this.callbacks = callbacks;
        this.log = log;
    }

    /** What is left, and whether time was up. */
    private record Left<T>(List<FrozenBatch<T>> deliveries, boolean timedOut) {}

    CloseResult<T> close(Duration timeout) {
        Left<T> left = finish(timeout);
        try {
            return new CloseResult<>(HandBack.inOrder(left.deliveries()), left.timedOut());
        } catch (Throwable noMemory) {
            kept.set(left.deliveries());
            throw noMemory;
        }
    }

    /** Closes with the configured timeout; what is left goes to the dead-letter callback, or is logged by count. */
    void closeAndReport() {
        List<FrozenBatch<T>> left = finish(config.shutdownTimeout()).deliveries();
        if (left.isEmpty()) {
            return;
        }
        if (callbacks.takesDeadLetters()) {
            offer(left);
        } else {
            log.notDelivered(left.stream().mapToInt(FrozenBatch::size).sum());
        }
    }

    /** Has what is left offered, and waits for that as long as for the delivery: a callback that hangs does not keep close. */
    private void offer(List<FrozenBatch<T>> left) {
        LastLetters<T> letters = new LastLetters<>(config, machine, engine, callbacks, log, left);
        BatcherClock clock = engine.clock();
        long begin = clock.nanoTime();
        engine.callExecutor(letters::start);
        boolean interrupted = awaitOpened(letters.done(), begin + GRACE_NANOS);
        letters.startElsewhere();
        interrupted |= awaitOpened(letters.done(), begin + nanos(config.shutdownTimeout()));
        int open = letters.open();
        if (letters.done().getCount() > 0 && open > 0) {
            log.stillOffered(open);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private Left<T> finish(Duration timeout) {
        if (CallScope.isInside(engine)) {
            throw new IllegalStateException("batcher \"" + config.name()
                    + "\" cannot be closed from inside its own handler or callback: close would wait for it to return");
        }
        BatcherClock clock = engine.clock();
        long deadline = clock.nanoTime() + nanos(timeout);
        boolean first = engine.changeWithoutRunningHere((now, decision) -> machine.beginClose(now, decision));
        boolean mine = first || unfinished.compareAndSet(true, false);
        boolean interrupted = false;
        boolean done = !mine;
        try {
            interrupted = mine ? awaitDrained(deadline) : awaitOpened(closed, deadline);
            if (!mine) {
                boolean timedOut = closed.getCount() > 0;
                return new Left<>(timedOut ? List.of() : complete(takeKept()), timedOut);
            }
            boolean timedOut = machine.drained().getCount() > 0;
            List<FrozenBatch<T>> left = handBack();
            done = true;
            return new Left<>(left, timedOut);
        } finally {
            if (mine) {
                unfinished.set(!done && kept.get() == null);
                closed.countDown();
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Ends it all. What was taken out is noted in the same step, before anything else can fail. */
    private List<FrozenBatch<T>> handBack() {
        try (CallScope scope = CallScope.enter(engine)) {
            engine.update((now, decision) -> kept.set(machine.endClose(decision)));
        }
        log.closed();
        return complete(takeKept());
    }

    private List<FrozenBatch<T>> takeKept() {
        List<FrozenBatch<T>> taken = kept.getAndSet(null);
        return taken == null ? List.of() : taken;
    }

    /** Fails the futures. What depends on them runs here and is a callback: close from inside it would wait for itself. */
    private List<FrozenBatch<T>> complete(List<FrozenBatch<T>> left) {
        try (CallScope scope = CallScope.enter(engine)) {
            BatcherClosedException handedBack = machine.closed(null);
            left.forEach(delivery -> delivery.items().complete(handedBack));
            return left;
        } catch (Throwable noMemory) {
            kept.set(left);
            throw noMemory;
        }
    }

    /** Waits for the last attempts; sees to it that a start which the executor does not begin is begun. Returns whether interrupted. */
    private boolean awaitDrained(long deadline) {
        boolean interrupted = false;
        BatcherClock clock = engine.clock();
        long left = deadline - clock.nanoTime();
        long queued = engine.queued();
        int awaited = 0;
        while (machine.drained().getCount() > 0 && left > 0) {
            interrupted |= awaitOpened(machine.drained(), clock.nanoTime() + Math.min(left, GRACE_NANOS));
            long stillQueued = engine.queued();
            if (stillQueued != 0 && stillQueued == queued) {
                engine.startElsewhere(stillQueued);
            }
            queued = stillQueued;
            awaited = engine.isAwaitedByCall() ? awaited + 1 : 0;
            if (awaited == AWAITED_TWICE) { // not a call that started this thread and is about to return
                boolean forEver = engine.isCallExiting();
                engine.changeWithoutRunningHere((now, decision) -> {
                    machine.setAside(forEver, now);
                    return true;
                });
            }
            left = deadline - clock.nanoTime();
        }
        return interrupted;
    }

    /** Waits for the latch until the deadline, interrupted or not. Returns whether interrupted. */
    private boolean awaitOpened(CountDownLatch latch, long deadline) {
        boolean interrupted = false;
        BatcherClock clock = engine.clock();
        boolean waiting = true;
        while (waiting) {
            try {
                long left = deadline - clock.nanoTime();
                waiting = left > 0 && !clock.await(latch, left) && deadline - clock.nanoTime() > 0;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        return interrupted;
    }

    private static long nanos(Duration timeout) {
        Duration longest = Duration.ofDays(36_500);
        return (timeout.compareTo(longest) > 0 ? longest : timeout).toNanos();
    }
}
