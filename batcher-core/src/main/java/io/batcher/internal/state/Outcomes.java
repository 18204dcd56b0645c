/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.state;

import io.batcher.BatcherConfig;
import io.batcher.RetryAfterException;
import io.batcher.internal.buffer.AddRequest;
import io.batcher.internal.delivery.Attempt;
import io.batcher.internal.delivery.FrozenBatch;
import io.batcher.internal.delivery.GivenUp;
import io.batcher.internal.delivery.RetryDelay;
import io.batcher.internal.delivery.RetryVerdict;
import io.batcher.internal.lanes.Lane;
import io.batcher.internal.lanes.Lanes;
import io.batcher.internal.threads.CallScope;
import io.batcher.internal.threads.LoopSignals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The transitions that begin and end a call of the handler or an offer of a letter, and what follows for flushes, calls that wait for room,
 * and close. A part of {@link FlushMachine}, guarded by the batcher's lock.
 */
public final class Outcomes<T> {

    private final BatcherConfig<T> config;
    private final LoopSignals signals;
    private final PendingFlushes pendingFlushes;
    private final Lifecycle lifecycle;
    private final Settlement<T> settlement;
    private final Lanes<T> lanes;
    private final LoopControl<T> loop;
    private final CallLimits<T> limits;

    /** The lanes with a batch that close has set aside. */
    private List<Lane<T>> aside = List.of();

    /** The number of the last attempt that began before close. */
    private int lastBeforeClose;

    /** Attempts that were made while closing and have failed, since the last success. */
    private int failedLastAttempts;

    Outcomes(
            BatcherConfig<T> config,
            Lifecycle lifecycle,
            PendingFlushes pendingFlushes,
            Settlement<T> settlement,
            Lanes<T> lanes,
            LoopControl<T> loop,
            LoopSignals signals) {
        this.config = config;
        this.signals = signals;
        this.pendingFlushes = pendingFlushes;
        this.lifecycle = lifecycle;
        this.settlement = settlement;
        this.lanes = lanes;
        this.loop = loop;
        this.limits = loop.limits();
    }

    // ---- attempts

    /**
     * Starts the call of an attempt that has begun: takes its permit, and limits its time.
     *
     * @return false if there is no permit: then the attempt waits without a thread; or if close has taken the batch meanwhile
     */
    public boolean startCall(Attempt<T> attempt, long now) {
        Lane<T> lane = laneOf(attempt);
        if (!lane.isInFlight(attempt)) {
            return false;
        }
        if (!limits.tryStartCall(now)) {
            lane.awaitPermit(attempt);
            loop.release(lane, now);
            return false;
        }
        limits.starting(attempt);
        loop.started(lane);
        if (config.handlerTimeout().isPresent()) {
            limits.limitTime(lane, attempt);
        }
        return true;
    }

    /**
     * Settles an attempt that was set aside before its call: it is as if it had not begun. Returns what close cannot hand back any more,
     * because it has ended.
     */
    public List<FrozenBatch<T>> undoAside(Attempt<T> attempt, long now, Decision decision) {
        Lane<T> lane = laneOf(attempt);
        List<FrozenBatch<T>> left =
                settlement.undoAside(lane, attempt.frozenBatch(), lifecycle.isClosed(), now, decision);
        endAside(lane, now);
        return left;
    }

    private static <T> Lane<T> laneOf(Attempt<T> attempt) {
        return Lane.of(attempt.frozenBatch());
    }

    /** Ends an attempt. Returns whether it still owns the batch in flight; if not, its outcome is ignored unless it was set aside. */
    public boolean end(Attempt<T> attempt) {
        limits.started(attempt);
        return laneOf(attempt).end(attempt);
    }

    /** Whether the batch of the attempt was set aside: then its outcome counts, also after close has ended. */
    public boolean isAside(Attempt<T> attempt) {
        return laneOf(attempt).isAside(attempt);
    }

    /** Forgets the batch that was set aside. After it is settled: what an error keeps from being settled stays there. */
    private void endAside(Lane<T> lane, long now) {
        lane.clearAside();
        lanes.changed(lane, now);
    }

    /** Returns an attempt that was set aside, once, if its stage has ended. */
    public Optional<Attempt<T>> takeEndedAside() {
        return aside.stream()
                .map(Lane::takeEndedAside)
                .flatMap(Optional::stream)
                .findFirst();
    }

    public void succeeded(Attempt<T> attempt, long now, Decision decision) {
        Lane<T> lane = laneOf(attempt);
        settlement.succeeded(lane, attempt.frozenBatch(), lifecycle.isOpen(), now, decision);
        lane.clearInFlight();
        failedLastAttempts = 0;
        loop.release(lane, now);
        afterRelease(now, decision);
    }

    /** Settles a failed attempt. Returns the delay until the next one with what is left of the batch; empty if nothing is left. */
    public Optional<Duration> failed(Attempt<T> attempt, RetryVerdict verdict, long now, Decision decision) {
        Lane<T> lane = laneOf(attempt);
        settlement.failed(lane, attempt.frozenBatch(), verdict, lifecycle.isOpen(), now, decision);
        lane.clearInFlight(); // not before: what an error keeps from being settled is attempted again
        if (verdict.isFailure()) {
            lanes.endFlush(lane);
            if (!lifecycle.isOpen() && attempt.attemptNumber() - lastBeforeClose > 0) {
                lastAttemptFailed(lane);
            }
        }
        loop.release(lane, now);
        afterRelease(now, decision);
        if (verdict.isFailure()) {
            pendingFlushes.failed(attempt.attemptNumber(), verdict.cause(), decision);
        }
        restIfAsked(verdict, now, decision);
        return retryIn(lane, now);
    }

    /** Ends the drain of the lane; that of all lanes after so many failures in a row that the target seems to be down. */
    private void lastAttemptFailed(Lane<T> lane) {
        lane.endLastAttempts();
        failedLastAttempts++;
        if (failedLastAttempts >= 2L * signals.runs()) {
            lifecycle.endLastAttempts();
        }
    }

    /** Returns the delay until the next attempt with what is left of a failed batch; empty if there is none. */
    Optional<Duration> retryIn(Lane<T> lane, long now) {
        if (!lane.hasRetries() || !lifecycle.mayRetry() || !lane.mayAttempt()) {
            return Optional.empty();
        }
        long delay = Math.max(0, lane.retries().attemptNotBefore() - now);
        Long callsNotBefore = limits.notBefore();
        if (callsNotBefore == null) {
            return Optional.of(Duration.ofNanos(delay));
        }
        if (lifecycle.isClosing() && callsNotBefore - signals.drainDeadline() > 0) {
            return Optional.empty();
        }
        return Optional.of(Duration.ofNanos(Math.max(delay, callsNotBefore - now)));
    }

    /** Begins a rest, if the target has asked for it. Flushes do not wait for its end. */
    void restIfAsked(RetryVerdict verdict, long now, Decision decision) {
        RetryAfterException cause = verdict.retryAfter();
        if (cause != null) {
            limits.rest(cause, now + RetryDelay.restNanos(cause.retryAfter(), config));
            lanes.endFlushes(now);
            pendingFlushes.failAll(cause, decision);
        }
    }

    // ---- attempts that were set aside

    public void asideSucceeded(Attempt<T> attempt, long now, Decision decision) {
        Lane<T> lane = laneOf(attempt);
        settlement.handledOutsideBisection(lane, attempt.frozenBatch(), decision);
        endAside(lane, now);
        afterRelease(now, decision);
    }

    /** Settles a failed attempt that was set aside. Returns what close cannot hand back any more, because it has ended. */
    public List<FrozenBatch<T>> asideFailed(Attempt<T> attempt, RetryVerdict verdict, long now, Decision decision) {
        Lane<T> lane = laneOf(attempt);
        List<FrozenBatch<T>> left =
                settlement.asideFailed(lane, attempt.frozenBatch(), verdict, lifecycle.isClosed(), now, decision);
        endAside(lane, now);
        restIfAsked(verdict, now, decision);
        loop.endDrainUnlessDue(now); // the rest may be longer than close waits
        afterRelease(now, decision);
        return left;
    }

    // ---- letters

    /** Settles a letter that the dead-letter callback has taken. */
    public void taken(GivenUp<T> letter, long now, Decision decision) {
        Lane<T> lane = Lane.of(letter.batch());
        boolean wasAside = lane.isAside(letter);
        settlement.gaveUp(lane, letter, now, decision);
        endOffer(lane, wasAside, now);
        afterRelease(now, decision);
    }

    /** Another action may be in progress in the lane if close has continued without the one that ends. */
    private void endOffer(Lane<T> lane, boolean wasAside, long now) {
        if (wasAside) {
            lanes.changed(lane, now);
        } else {
            loop.release(lane, now);
        }
    }

    /** Keeps a letter with which the dead-letter callback has thrown. Returns whether it is lost, because close has ended meanwhile. */
    public boolean refused(GivenUp<T> letter, Throwable thrown, long now, Decision decision) {
        Lane<T> lane = Lane.of(letter.batch());
        boolean wasAside = lane.isAside(letter);
        if (lifecycle.isClosed()) {
            settlement.lost(lane, letter, thrown, now, decision);
            endOffer(lane, wasAside, now);
            return true;
        }
        settlement.refused(lane, letter, thrown, now);
        lanes.endFlush(lane);
        lane.endHurry();
        if (!lifecycle.isOpen()) {
            lane.endLastOffers();
        }
        endOffer(lane, wasAside, now);
        loop.endDrainUnlessDue(now); // of a run that continues behind a letter that was set aside
        pendingFlushes.failAll(thrown, decision);
        return false;
    }

    // ---- what follows

    /** Admits calls that wait for the room that was made, and completes the flushes whose items are settled. */
    void afterRelease(long now, Decision decision) {
        try {
            admitWaiting(now, decision);
        } finally {
            pendingFlushes.settled(lanes.settledUpTo(), decision); // also without the memory to admit a call
        }
    }

    /** Admits calls that wait for room. */
    void admitWaiting(long now, Decision decision) {
        for (AddRequest<T> call = lanes.admitNext(now); call != null; call = lanes.admitNext(now)) {
            decision.release(call.settled()); // one by one: an error with the next must not keep it waiting
        }
    }

    // ---- close

    /** Records that later attempts are the last ones of their lanes. */
    void beginClose() {
        lastBeforeClose = loop.attemptNumber();
    }

    /**
     * Continues close without a call that waits for close, unless it has returned: another run delivers what is behind it. The outcome of
     * the call counts when it returns.
     *
     * @param forEver whether the call will not return: then its batch is handed back
     */
    public void setAside(CallScope call, boolean forEver, long now) {
        Run<T> run = lifecycle.isClosing() ? loop.runs().inCall(call) : null;
        Lane<T> lane = run == null ? null : run.lane();
        if (run == null || (lane != null && lane.isAnyAside() && !forEver)) {
            return;
        }
        if (lane == null) {
            loop.overtake(run, null, now); // in a dependent of a future, behind the action
        } else if (lane.canContinueWithoutInFlight()) {
            List<Lane<T>> longer = new ArrayList<>(aside);
            longer.add(lane);
            lane.setAside(forEver);
            aside = longer;
            loop.overtake(run, lane, now);
        } else {
            lane.endLastAttempts();
            lane.endLastOffers();
            loop.overtake(run, null, now);
        }
    }
}
