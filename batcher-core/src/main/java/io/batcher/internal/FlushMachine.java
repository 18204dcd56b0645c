/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import io.batcher.BatcherConfig;
import io.batcher.BatcherStats;
import io.batcher.RetryAfterException;
import io.batcher.internal.AdmitResult.Outcome;
import io.batcher.internal.buffer.AddRequest;
import io.batcher.internal.buffer.ItemBuffer;
import io.batcher.internal.delivery.Attempt;
import io.batcher.internal.delivery.BatchIds;
import io.batcher.internal.delivery.FrozenBatch;
import io.batcher.internal.delivery.GivenUp;
import io.batcher.internal.delivery.Handler;
import io.batcher.internal.delivery.RetryDelay;
import io.batcher.internal.delivery.RetryVerdict;
import io.batcher.internal.report.Refusals;
import io.batcher.internal.threads.EngineFuture;
import io.batcher.internal.threads.LoopSignals;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The state of a batcher and every transition of it. Has no lock, thread or clock: {@link Engine} calls it with its lock held and the time,
 * and carries out afterwards what the {@link Decision} says. The state table is in docs/concurrency.md.
 */
final class FlushMachine<T> {

    private final BatcherConfig<T> config;
    private final ItemBuffer<T> buffer;
    private final LoopSignals signals;
    private final Counters counters = new Counters();
    private final PendingFlushes pendingFlushes = new PendingFlushes();
    private final Lifecycle lifecycle;
    private final Settlement<T> settlement;
    private final Lane<T> lane;
    private final LoopControl<T> loop;
    private final OverflowRule<T> overflow;

    /** The number of the last attempt that began before close. */
    private int lastBeforeClose;

    FlushMachine(BatcherConfig<T> config, ItemBuffer<T> buffer, LoopSignals signals) {
        BatchIds ids = new BatchIds(config.name());
        this.config = config;
        this.buffer = buffer;
        this.signals = signals;
        this.lifecycle = new Lifecycle(config.autoFlush());
        this.settlement = new Settlement<>(config, ids, counters);
        this.lane = new Lane<>(buffer);
        this.overflow = new OverflowRule<>(config, buffer, counters);
        this.loop = new LoopControl<>(config, lifecycle, pendingFlushes, settlement, lane, ids, signals);
    }

    /** Returns the transitions of the flush loop. */
    LoopControl<T> loop() {
        return loop;
    }

    // ---- outcomes

    /**
     * Starts the call of an attempt that has begun: takes its slot, and limits its time.
     *
     * @return false if there is no slot: then the attempt is held without a thread
     */
    boolean startCall(Attempt<T> attempt, long now) {
        if (!loop.tryStartCall(now)) {
            hold(attempt, now);
            return false;
        }
        if (config.handlerTimeout().isPresent()) {
            lane.limitTime(attempt);
        }
        return true;
    }

    /** A batch that close has set aside cannot be held: it is as if its attempt had not begun. */
    private void hold(Attempt<T> attempt, long now) {
        if (lane.end(attempt)) {
            lane.hold(attempt);
        } else if (lane.isAside(attempt)) {
            lane.clearAside();
            settlement.undoAside(lane, attempt.frozenBatch(), now);
        }
    }

    /** Ends an attempt. Returns whether it still owns the batch in flight; if not, its outcome is ignored unless it was set aside. */
    boolean end(Attempt<T> attempt) {
        return lane.end(attempt);
    }

    /** Whether the batch of the attempt was set aside: then its outcome counts, also after close has ended. */
    boolean isAside(Attempt<T> attempt) {
        return lane.isAside(attempt);
    }

    /** Returns the attempt that was set aside, once, if its stage has ended. */
    Optional<Attempt<T>> takeEndedAside() {
        return lane.takeEndedAside();
    }

    void succeeded(Attempt<T> attempt, long now, Decision decision) {
        settlement.succeeded(lane, attempt.frozenBatch(), isOpen(), now, decision);
        lane.clearInFlight();
        afterRelease(now, decision);
    }

    /** Settles a failed attempt. Returns the delay until the next one with what is left of the batch; empty if nothing is left. */
    Optional<Duration> failed(Attempt<T> attempt, RetryVerdict verdict, long now, Decision decision) {
        settlement.failed(lane, attempt.frozenBatch(), verdict, isOpen(), now, decision);
        lane.clearInFlight(); // not before: what an error keeps from being settled is attempted again
        if (verdict.isFailure() && !isOpen() && attempt.attemptNumber() - lastBeforeClose > 0) {
            lifecycle.endLastAttempts();
        }
        afterRelease(now, decision);
        if (verdict.isFailure()) {
            pendingFlushes.failed(attempt.attemptNumber(), verdict.cause(), decision);
        }
        restIfAsked(verdict, now, decision);
        return loop.retryIn(now);
    }

    /** Begins a rest, if the target has asked for it. Flushes do not wait for its end. */
    private void restIfAsked(RetryVerdict verdict, long now, Decision decision) {
        RetryAfterException cause = verdict.retryAfter();
        if (cause != null) {
            loop.rest(cause, now + RetryDelay.restNanos(cause.retryAfter(), config));
            lane.endHurry();
            pendingFlushes.failAll(cause, decision);
        }
    }

    void asideSucceeded(Attempt<T> attempt, Decision decision) {
        lane.clearAside();
        settlement.handledOutsideBisection(lane, attempt.frozenBatch(), decision);
    }

    /** Settles a failed attempt that was set aside. Returns what close cannot hand back any more, because it has ended. */
    Optional<FrozenBatch<T>> asideFailed(Attempt<T> attempt, RetryVerdict verdict, long now, Decision decision) {
        lane.clearAside();
        FrozenBatch<T> failed = settlement.asideFailed(lane, attempt.frozenBatch(), verdict, decision);
        restIfAsked(verdict, now, decision);
        if (!isClosed()) {
            settlement.keep(lane, failed, now);
            return Optional.empty();
        }
        settlement.handBackLate(lane, failed, Refusals.closed(config, verdict.cause()), decision);
        return Optional.of(failed);
    }

    /** Settles a letter that the dead-letter callback has taken. */
    void taken(GivenUp<T> letter, long now, Decision decision) {
        settlement.gaveUp(lane, letter, now, decision);
        afterRelease(now, decision);
    }

    /** Keeps a letter with which the dead-letter callback has thrown. Returns whether it is lost, because close has ended meanwhile. */
    boolean refused(GivenUp<T> letter, Throwable thrown, long now, Decision decision) {
        if (isClosed() || !lane.isFirst(letter)) {
            settlement.lost(lane, letter, Refusals.closed(config, thrown), now, decision);
            return true;
        }
        settlement.refused(lane, thrown, now);
        lane.endHurry();
        if (!isOpen()) {
            lifecycle.endLastOffers();
        }
        pendingFlushes.failAll(thrown, decision);
        return false;
    }

    /** Admits calls that wait for the room that was made, and completes the flushes whose items are settled. */
    private void afterRelease(long now, Decision decision) {
        try {
            admitWaiting(now, decision);
        } finally {
            pendingFlushes.settled(lane.firstUnsettled(), decision); // also without the memory to admit a call
        }
    }

    // ---- admission

    /** Admits items that found no slot, or applies the overflow policy; the parameters are those of {@link OverflowRule#admit}. */
    AdmitResult<T> admit(AddRequest<T> request, boolean mayWait, boolean mayDrop, long now, Decision decision) {
        if (!isOpen()) {
            return AdmitResult.of(Outcome.CLOSED);
        }
        AdmitResult<T> result = overflow.admit(request, mayWait, mayDrop, now);
        if (!result.evicted().isEmpty()) {
            afterRelease(now, decision);
        }
        return result;
    }

    /** Rejects a call that has waited for room long enough, unless it was admitted. */
    void withdrawUnlessDecided(AddRequest<T> request, long now, Decision decision) {
        if (overflow.withdraw(request)) {
            admitWaiting(now, decision); // a smaller call behind it may fit
        }
    }

    private void admitWaiting(long now, Decision decision) {
        for (AddRequest<T> call = buffer.admitNext(now); call != null; call = buffer.admitNext(now)) {
            decision.release(call.settled()); // one by one: an error with the next must not keep it waiting
        }
    }

    // ---- calls

    /**
     * Delivers what was accepted so far, without the delay of a retry, but not before the pace allows it. Fails during a rest. From a
     * callback it does not skip the delay of the failure that is being reported; from the handler it does, unless a flush made that attempt
     * early: else what flushes each time would never wait.
     *
     * @param caller where it is called from
     */
    CompletableFuture<Void> flush(Caller caller, long now, Decision decision) {
        CompletableFuture<Void> future = new EngineFuture<>();
        RetryAfterException restCause = loop.restCause(now);
        if (!isOpen()) {
            decision.complete(future, Refusals.closed(config, null));
        } else if (restCause != null) {
            decision.complete(future, restCause);
        } else if (!loop.hasHandler()) {
            decision.complete(
                    future,
                    new IllegalStateException("batcher \"" + config.name()
                            + "\" has no handler to flush to; register one. The items stay."));
        } else {
            if (caller == Caller.OUTSIDE || (caller == Caller.HANDLER && lane.isInFlightOnTime())) {
                lane.hurry();
            }
            boolean first = pendingFlushes.isEmpty();
            if (first || caller == Caller.OUTSIDE) {
                // A callback that adds its items again and flushes must not repeat without a delay.
                boolean afterFailure = caller == Caller.CALLBACK && counters.consecutiveFailures > 0;
                pendingFlushes.notBefore(afterFailure ? (Long) settlement.firstDelayEnd(now) : null);
            }
            pendingFlushes.add(buffer.claimed(), loop.attemptNumber(), future);
            if (first) { // a flush behind others covers no less than they do
                pendingFlushes.settled(lane.firstUnsettled(), decision);
            }
        }
        return future;
    }

    CompletableFuture<Void> drain(Caller caller, long now, Decision decision) {
        lifecycle.startDraining();
        return flush(caller, now, decision);
    }

    void startTicking() {
        lifecycle.startTicking();
    }

    void stopTicking() {
        lifecycle.stopTicking();
    }

    /** Pauses or resumes delivery. Returns whether that changes anything. */
    boolean pause(boolean on) {
        return lifecycle.pause(on);
    }

    void register(Handler<T> handler) {
        if (!isOpen()) {
            throw Refusals.closed(config, null);
        }
        if (loop.hasHandler()) {
            throw new IllegalStateException(
                    "batcher \"" + config.name() + "\" has a handler already; it takes one, of either kind");
        }
        loop.connect(handler);
    }

    // ---- close

    private boolean isOpen() {
        return lifecycle.isOpen();
    }

    boolean isClosed() {
        return lifecycle.isClosed();
    }

    /**
     * Rejects items and calls from now on, and gives the remaining items their last attempts.
     *
     * @param deadline until when close waits for those
     * @return false if it was called before
     */
    boolean beginClose(long deadline, long now, Decision decision) {
        if (!isOpen()) {
            return false;
        }
        signals.beginDrain(deadline); // without the memory for it, close has not begun
        lifecycle.beginClose();
        lastBeforeClose = loop.attemptNumber();
        buffer.close().forEach(refused -> decision.release(refused.settled()));
        loop.endDrainUnlessDue(now);
        return true;
    }

    /**
     * Continues close without the call that runs now, because that call waits for close: another run delivers what is behind it. The
     * outcome of the call counts when it returns.
     *
     * @param forEver whether the call will not return: then its batch is handed back
     */
    void setAside(boolean forEver, long now) {
        if (!lifecycle.isClosing() || !loop.isInCall() || lane.isAnyAside()) {
            return;
        }
        if (lane.canContinueWithoutInFlight()) {
            lane.setAside(forEver);
            loop.overtake(now);
        } else {
            lifecycle.endLastAttempts();
            signals.endDrain();
        }
    }

    /** Ends the batcher. Returns what is left; it counts as handed back. */
    List<FrozenBatch<T>> endClose(Decision decision) {
        List<FrozenBatch<T>> left = settlement.handBack(lane); // without the memory for it, close has not ended
        lifecycle.endClose();
        lane.clearCall();
        pendingFlushes.failAll(Refusals.closed(config, null), decision);
        return left;
    }

    BatcherStats stats(long now) {
        return counters.snapshot(config, lifecycle.state(), lane, loop.throttle(), now);
    }
}
