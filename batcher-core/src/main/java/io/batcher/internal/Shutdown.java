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
import io.batcher.internal.report.Refusals;
import io.batcher.internal.state.Engine;
import io.batcher.internal.threads.CallScope;
import io.batcher.internal.threads.LoopSignals;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Closes a batcher: refuses new items, waits until the remaining ones have had their last attempt or the timeout is over, and hands back
 * the rest. The first caller does it; later ones wait for it and get nothing, unless it failed for want of memory. Thread-safe.
 */
final class Shutdown<T> {

    /** How long the executor has to begin a task before a fresh thread does. */
    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final BatcherConfig<T> config;
    private final Engine<T> engine;
    private final LoopSignals signals;
    private final LoopRunner<T> runner;
    private final Callbacks<T> callbacks;
    private final Log log;
    private final CountDownLatch closed = new CountDownLatch(1);

    /** What was taken out of the buffer and could not be returned, for want of memory: the next call gets it. */
    private final AtomicReference<@Nullable List<FrozenBatch<T>>> kept = new AtomicReference<>();

    /** Whether the call that closes has failed before it had taken anything out: the next call continues. */
    private final AtomicBoolean unfinished = new AtomicBoolean();

    Shutdown(BatcherConfig<T> config, Engine<T> engine, LoopRunner<T> runner, Callbacks<T> callbacks, Log log) {
        this.config = config;
        this.engine = engine;
        this.signals = engine.signals();
        this.runner = runner;
        this.callbacks = callbacks;
        this.log = log;
    }

    /** What is left, and whether the timeout was over. */
    private record Left<T>(List<FrozenBatch<T>> batches, boolean timedOut) {}

    CloseResult<T> close(Duration timeout) {
        Left<T> left = finish(timeout);
        try {
            return new CloseResult<>(HandBack.inOrder(left.batches()), left.timedOut());
        } catch (Throwable noMemory) {
            kept.set(left.batches());
            throw noMemory;
        }
    }

    /** Closes with the configured timeout; what is left goes to the dead-letter callback, or is logged by count. */
    void closeAndReport() {
        List<FrozenBatch<T>> left = finish(config.shutdownTimeout()).batches();
        if (left.isEmpty()) {
            return;
        }
        if (callbacks.takesDeadLetters()) {
            offer(left);
        } else {
            log.notDelivered(left.stream().mapToInt(FrozenBatch::size).sum());
        }
    }

    /** Offers what is left, and waits for that as long as for the delivery: a callback that hangs does not block close. */
    private void offer(List<FrozenBatch<T>> left) {
        LastLetters<T> letters = new LastLetters<>(config, engine, callbacks, log, left);
        BatcherClock clock = engine.clock();
        long begin = clock.nanoTime();
        runner.callExecutor(letters::start);
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
        if (engine.isInsideCallback()) {
            throw new IllegalStateException("batcher \"" + config.name()
                    + "\" cannot be closed from inside its own handler or callback: close would wait for it to return");
        }
        BatcherClock clock = engine.clock();
        long deadline = clock.nanoTime() + nanos(timeout);
        boolean first = engine.changeWithoutRunningHere(
                (machine, now, decision) -> machine.beginClose(deadline, now, decision));
        boolean mine = first || unfinished.compareAndSet(true, false);
        boolean interrupted = false;
        boolean done = !mine;
        try {
            interrupted = awaitEnd(mine ? signals.drained() : closed, deadline);
            if (!mine) {
                boolean timedOut = closed.getCount() > 0;
                return new Left<>(timedOut ? List.of() : complete(takeKept()), timedOut);
            }
            boolean timedOut = !signals.isDrained();
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

    /** Ends the batcher. The transition itself notes what it takes out, before anything else can fail. */
    private List<FrozenBatch<T>> handBack() {
        try (CallScope scope = engine.enterCallback()) {
            engine.update((machine, now, decision) -> kept.set(machine.endClose(now, decision)));
        }
        log.closed();
        return complete(takeKept());
    }

    private List<FrozenBatch<T>> takeKept() {
        List<FrozenBatch<T>> taken = kept.getAndSet(null);
        return taken == null ? List.of() : taken;
    }

    /** Fails the futures. Their dependents run here and are callbacks: close from inside one would wait for itself. */
    private List<FrozenBatch<T>> complete(List<FrozenBatch<T>> left) {
        try (CallScope scope = engine.enterCallback()) {
            BatcherClosedException handedBack = Refusals.closed(config, null);
            left.forEach(batch -> batch.items().complete(handedBack));
            return left;
        } catch (Throwable noMemory) {
            kept.set(left);
            throw noMemory;
        }
    }

    /**
     * Waits for the last attempts, or for the end of another call of close. Starts on a fresh thread what the executor does not begin, and
     * continues without a call that waits for this thread.
     *
     * @return whether interrupted
     */
    private boolean awaitEnd(CountDownLatch end, long deadline) {
        boolean interrupted = false;
        BatcherClock clock = engine.clock();
        long left = deadline - clock.nanoTime();
        List<Long> queued = engine.read(machine -> machine.loop().runs().queued());
        CallScope before = null;
        while (end.getCount() > 0 && left > 0) {
            interrupted |= awaitOpened(end, clock.nanoTime() + Math.min(left, GRACE_NANOS));
            List<Long> stillQueued =
                    engine.read(machine -> machine.loop().runs().queued());
            stillQueued.stream().filter(queued::contains).forEach(runner::startElsewhere);
            queued = stillQueued;
            CallScope waiting = callThatWaits();
            // The second time in a row: not a call that started this thread and is about to return.
            if (waiting != null && waiting == before) {
                boolean forEver = waiting.isExiting();
                engine.changeWithoutRunningHere((machine, now, decision) -> {
                    machine.outcomes().setAside(waiting, forEver, now);
                    return true;
                });
            }
            before = waiting;
            left = deadline - clock.nanoTime();
        }
        return interrupted;
    }

    /** Whether the call that runs now waits for this thread, as far as that can be told. */
    boolean isAwaitedByCall() {
        return engine.isInsideCallback() || callThatWaits() != null;
    }

    /** Returns a call that runs now and waits for this thread, as far as that can be told; otherwise null. */
    private @Nullable CallScope callThatWaits() {
        for (CallScope call : engine.read(machine -> machine.loop().runs().calls())) {
            if (call.awaitsCurrentThread()) {
                return call;
            }
        }
        return null;
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
