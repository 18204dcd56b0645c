/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import io.batcher.BatcherConfig;
import io.batcher.BatcherStats;
import io.batcher.FlushReason;
import io.batcher.Overflow;
import io.batcher.internal.AdmitResult.Outcome;
import io.batcher.internal.buffer.AddRequest;
import io.batcher.internal.buffer.ChunkSlice;
import io.batcher.internal.buffer.ItemBuffer;
import io.batcher.internal.delivery.Attempt;
import io.batcher.internal.delivery.BatchIds;
import io.batcher.internal.delivery.FrozenBatch;
import io.batcher.internal.delivery.GivenUp;
import io.batcher.internal.delivery.Handler;
import io.batcher.internal.delivery.RetryQueue;
import io.batcher.internal.delivery.RetryVerdict;
import io.batcher.internal.threads.CallScope;
import io.batcher.internal.threads.EngineFuture;
import io.batcher.internal.threads.LoopSignals;
import io.batcher.internal.threads.LoopStatus;
import io.batcher.internal.threads.Successor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The state of a batcher, and every transition of it. No lock, no thread and no clock of its own: every method is called under the
 * batcher's lock, is told the time, and puts what is to be done outside the lock into a {@link Decision}. The state table is in
 * docs/concurrency.md.
 */
final class FlushMachine<T> {

    private final BatcherConfig<T> config;
    private final ItemBuffer<T> intake;
    private final FlushTrigger<T> trigger;
    private final Settlement<T> settlement;
    private final RetryQueue<T> retries;
    private final Counters totals;
    private final BatchIds ids;
    private final LoopStatus task;
    private final PendingFlushes tickets = new PendingFlushes();
    private final LoopSignals signals;

    private @Nullable Handler<T> handler;

    /** The batch with the handler. */
    private @Nullable FrozenBatch<T> inFlight;

    /** The attempt that the loop has left to its stage, until it goes on with it. */
    private @Nullable Attempt<T> awaited;

    /** The batch whose call waits for close, and its attempt once the loop has left that to its stage: close goes on without it. */
    private @Nullable FrozenBatch<T> aside;

    private @Nullable Attempt<T> asideAttempt;

    /** Batches whose call will not return, because it is inside {@code System.exit}. */
    private final List<FrozenBatch<T>> neverReturning = new ArrayList<>(0);

    /** The attempt whose time is limited; null if there is none or it was told that its time is over. */
    private @Nullable Attempt<T> timed;

    /** Whether a flush wants the next attempt, or the next offer of a letter, before its time. */
    private boolean hurried;

    /** When the flushes that are pending make due what waits; null for at once. A callback's after a failure wait for its delay. */
    private @Nullable Long flushNotBefore;

    /** The number of the attempt that began last, and of the last one that began before close. */
    private int attemptNumber;

    private int lastBeforeClose;

    /** Whether the dead-letter callback threw while closing: it is not called again. */
    private boolean lettersFailed;

    FlushMachine(BatcherConfig<T> config, ItemBuffer<T> intake, LoopSignals signals) {
        this.signals = signals;
        this.config = config;
        this.intake = intake;
        this.ids = new BatchIds(config.name());
        this.task = new LoopStatus(config.interval().toNanos(), signals);
        this.trigger = new FlushTrigger<>(config, intake);
        this.settlement = new Settlement<>(config, intake, ids);
        this.retries = settlement.retries();
        this.totals = settlement.totals();
        this.handler = Handler.of(config);
    }

    // ---- the loop

    /** Returns the run whose task the executor has not begun; 0 if there is none. */
    long queuedRun() {
        return task.queued();
    }

    /** Returns the scope of the run that is active or detached from its stage; null if there is none. */
    @Nullable CallScope runningCall() {
        return task.run();
    }

    /** Claims a run that the executor has not begun. Returns its new number; 0 if it has begun after all. */
    long takeOver(long runNumber) {
        return task.takeOver(runNumber);
    }

    /** Starts the loop if something is due and nobody is at it. Called after every event. */
    void wake(long now, Decision decision) {
        if (task.isAbandoned()) {
            makeGood(now);
        }
        if (timed != null && now - timed.timeoutAt(now) >= 0) {
            decision.timeOut(timed);
            timed = null;
        }
        boolean goesOn = task.is(LoopStatus.State.WAITING) && isStageEnded();
        if (goesOn || (task.is(LoopStatus.State.IDLE) && isDue(now) && !isRefused(now))) {
            decision.startLoop(task.queue(now));
        } else if (task.isOverdue(now) && isOpen()) { // while closing it is begun elsewhere
            boolean lost = !task.isExecutorAsked();
            task.waitLonger(now);
            if (lost) {
                decision.restartLoop(task.queue(now));
            }
        }
    }

    /** Whether the running loop has something left to do and may do it on another thread. */
    boolean hasMoreToDo(long now) {
        return isOpen() && isDue(now);
    }

    /** The running loop gives its thread to others, if its successor will go on and there is something to go on with. */
    boolean handOver(Successor successor, long now) {
        boolean gives = !successor.isEnded() && hasMoreToDo(now);
        if (gives) {
            task.queue(successor, now);
        }
        return gives;
    }

    /** The executor has refused to take a successor. Returns whether the loop has given up its thread. */
    boolean refuseSuccessor(Successor successor) {
        successor.end();
        boolean isMissed = successor.generation() != 0;
        if (isMissed) {
            signals.executorThrew(successor.generation());
        }
        return isMissed;
    }

    /** A successor begins. Returns the start that it is; 0 if the loop has not given up its thread. */
    long beginSuccessor(Successor successor) {
        successor.end();
        return successor.generation();
    }

    /** The time of an attempt is limited from now on. */
    void limitTime(Attempt<T> attempt) {
        timed = attempt;
    }

    private void makeGood(long now) {
        if (task.is(LoopStatus.State.QUEUED) && isOpen()) {
            task.refuse(now); // while closing it is begun elsewhere
        } else if (task.is(LoopStatus.State.RUNNING)) {
            loopDied(now);
        }
        task.madeGood();
    }

    /** Whether a start that the executor has refused is to be made elsewhere, because nobody will ask it again. */
    boolean isToStartElsewhere(long generation) {
        return task.queued() == generation && !isOpen();
    }

    boolean isIdle() {
        return task.is(LoopStatus.State.IDLE);
    }

    /** As {@link #next}, for a task that runs; empty if its start is not awaited any more. */
    Optional<LoopAction<T>> begin(long generation, boolean maySpin, long now) {
        return task.begin(generation) ? next(maySpin, now) : Optional.empty();
    }

    /** As {@link #next}, for a run that goes on; empty if close has gone on without it. */
    Optional<LoopAction<T>> proceed(long generation, boolean maySpin, long now) {
        return task.isRun(generation) ? next(maySpin, now) : Optional.empty();
    }

    /**
     * What the running loop has to do next; empty if it has become idle.
     *
     * @param maySpin whether to wait a moment before that
     */
    Optional<LoopAction<T>> next(boolean maySpin, long now) {
        Attempt<T> toSettle = awaited;
        if (toSettle != null) {
            awaited = null;
            return Optional.of(new LoopAction.Settle<>(toSettle));
        }
        if (isDue(now)) {
            return Optional.of(nextDelivery(now));
        }
        if (maySpin && isOpen()) {
            return Optional.of(new LoopAction.Spin<>(signals.transitions()));
        }
        // Looking and going idle are one step under the lock: what becomes due from here on finds nobody at it and
        // starts the loop.
        task.rest();
        endDrainUnlessDue(now);
        return Optional.empty();
    }

    private void endDrainUnlessDue(long now) {
        if (trigger.lifecycle() == Lifecycle.CLOSING && isIdle() && !isDue(now)) {
            signals.drained().countDown();
        }
    }

    private LoopAction<T> nextDelivery(long now) {
        if (isLetterDue(now)) {
            return new LoopAction.GiveUp<>(retries.offerLetter(now));
        }
        if (retries.hasBatches()) {
            boolean early = retries.isEarly(now);
            inFlight = retries.next(ids, now);
            inFlight.beginAttempt(early);
        } else {
            FlushReason reason = Objects.requireNonNull(trigger.due(isFlushDue(now), now));
            inFlight = new FrozenBatch<>(ids.next(), intake.takeBatch(config.maxBatchSize()), reason);
            inFlight.beginAttempt(false);
        }
        hurried = false; // a flush that this attempt does not settle fails with it, or follows it
        return new LoopAction.Deliver<>(inFlight, Objects.requireNonNull(handler), ++attemptNumber);
    }

    /** Whether the loop may leave the attempt in flight to its stage: not if that has ended before. */
    boolean detach(Attempt<T> attempt) {
        if (!attempt.detach()) {
            return false;
        }
        if (isAside(attempt)) {
            asideAttempt = attempt;
        } else {
            awaited = attempt;
            task.leaveToStage();
        }
        return true;
    }

    /** What the loop was at is tried again. */
    private void loopDied(long now) {
        FrozenBatch<T> unsettled = inFlight;
        if (unsettled != null && retries.pass() == null) {
            settlement.keep(unsettled, now);
        }
        settlement.delayAll(now);
        inFlight = null;
        awaited = null;
        timed = null;
        task.rest();
        if (!isOpen()) {
            trigger.endDrain(); // the first failure ends it, also one of our own
            endDrainUnlessDue(now);
        }
    }

    // ---- what is due

    private boolean isDue(long now) {
        if (awaited != null) {
            return true; // its stage has ended, or the loop would be WAITING
        }
        if (isLetterDue(now)) {
            return true;
        }
        if (!trigger.mayDeliver() || handler == null || !mayPassLetters()) {
            return false;
        }
        if (retries.hasBatches()) {
            return !isOpen() || hurried || now - retries.attemptNotBefore() >= 0;
        }
        return trigger.due(isFlushDue(now), now) != null;
    }

    private boolean isFlushDue(long now) {
        return !tickets.isEmpty() && (flushNotBefore == null || now - flushNotBefore >= 0);
    }

    private boolean isLetterDue(long now) {
        if (retries.letter() == null) {
            return false;
        }
        if (trigger.lifecycle() == Lifecycle.CLOSING) {
            return !lettersFailed;
        }
        return trigger.mayDeliver() && handler != null && (hurried || now - retries.letterNotBefore() >= 0);
    }

    /** Whether batches may be delivered as far as letters go; close offers those first. */
    private boolean mayPassLetters() {
        return retries.letter() == null || (isOpen() && retries.letsPass());
    }

    private boolean isRefused(long now) {
        return isOpen() && task.isRefused(now);
    }

    /** When something will be due that is not now, without a further call; null if nothing will. */
    @Nullable Long nextMoment(long now) {
        if (task.is(LoopStatus.State.QUEUED)) {
            return isOpen() ? (Long) task.lostAt() : null;
        }
        if (!isIdle() || isClosed()) {
            return timed == null ? null : (Long) timed.timeoutAt(now);
        }
        if (isDue(now)) {
            return task.refusedUntil();
        }
        if (!trigger.mayDeliver() || handler == null) {
            return null;
        }
        Long letter = retries.letter() == null ? null : (Long) retries.letterNotBefore();
        if (letter != null && !retries.letsPass()) {
            return letter;
        }
        Long flush = tickets.isEmpty() || intake.waiting() == 0 ? null : flushNotBefore;
        Long batch = retries.hasBatches() ? (Long) retries.attemptNotBefore() : earlier(flush, trigger.nextTick());
        return earlier(letter, batch);
    }

    private static @Nullable Long earlier(@Nullable Long one, @Nullable Long other) {
        return one == null || (other != null && other - one < 0) ? other : one;
    }

    // ---- outcomes

    /**
     * An attempt has ended.
     *
     * @return whether its batch is still ours: close may have handed it back meanwhile, then its outcome counts no more
     */
    boolean ends(Attempt<T> attempt) {
        timed = timed == attempt ? null : timed;
        return inFlight == attempt.frozenBatch();
    }

    /** Whether the batch of an attempt was set aside. Its outcome counts, also after close has ended. */
    boolean isAside(Attempt<T> attempt) {
        return aside == attempt.frozenBatch();
    }

    /** Returns the attempt that was set aside, once, if its stage has ended. */
    Optional<Attempt<T>> takeEndedAside() {
        Attempt<T> ended = asideAttempt;
        if (ended == null || !ended.isEnded()) {
            return Optional.empty();
        }
        asideAttempt = null;
        return Optional.of(ended);
    }

    void asideSucceeded(Attempt<T> attempt, Decision decision) {
        aside = null;
        settlement.asideSucceeded(attempt.frozenBatch(), decision);
    }

    /** An attempt that was set aside failed. Returns what close can hand back no more, because it has ended. */
    Optional<FrozenBatch<T>> asideFailed(Attempt<T> attempt, RetryVerdict verdict, long now, Decision decision) {
        aside = null;
        FrozenBatch<T> failed = settlement.asideFailed(attempt.frozenBatch(), verdict, decision);
        if (!isClosed()) {
            settlement.keep(failed, now);
            return Optional.empty();
        }
        settlement.handBackAside(failed, Refusals.closed(config, verdict.cause()), decision);
        return Optional.of(failed);
    }

    void succeeded(Attempt<T> attempt, long now, Decision decision) {
        settlement.succeeded(attempt.frozenBatch(), isOpen(), now, decision);
        inFlight = null;
        afterRelease(now, decision);
    }

    /**
     * An attempt failed.
     *
     * @return how long until the next attempt with what is left of the batch; empty if it is given up
     */
    Optional<Duration> failed(Attempt<T> attempt, RetryVerdict verdict, long now, Decision decision) {
        settlement.failed(attempt.frozenBatch(), verdict, isOpen(), now, decision);
        inFlight = null; // not before: what an error keeps from being settled is tried again
        if (!isOpen() && attempt.attemptNumber() - lastBeforeClose > 0) {
            trigger.endDrain();
        }
        afterRelease(now, decision);
        tickets.failed(attempt.attemptNumber(), verdict.cause(), decision);
        return retries.hasBatches() && trigger.willRetry()
                ? Optional.of(Duration.ofNanos(Math.max(0, retries.attemptNotBefore() - now)))
                : Optional.empty();
    }

    /** The dead-letter callback has taken a letter. */
    void taken(GivenUp<T> letter, long now, Decision decision) {
        settlement.gaveUp(letter, now, decision);
        afterRelease(now, decision);
    }

    /** The dead-letter callback has thrown. Returns whether the letter is lost by that: close has ended meanwhile. */
    boolean refused(GivenUp<T> letter, Throwable thrown, long now, Decision decision) {
        if (isClosed() || !retries.isFirst(letter)) { // or it was set aside
            settlement.lost(letter, Refusals.closed(config, thrown), now, decision);
            return true;
        }
        settlement.refused(thrown, now);
        hurried = false;
        lettersFailed = !isOpen();
        tickets.failAll(thrown, decision);
        return false;
    }

    // ---- admission

    /**
     * Admits items that found no slot, or applies the overflow policy.
     *
     * @param mayWait whether the call waits for room rather than be rejected
     * @param mayDrop whether a DROP policy applies; else the call is rejected
     */
    AdmitResult<T> admit(AddRequest<T> request, boolean mayWait, boolean mayDrop, long now, Decision decision) {
        if (!isOpen()) {
            return AdmitResult.of(Outcome.CLOSED);
        }
        if (request.size() == 0 || intake.append(request, now)) {
            return AdmitResult.of(Outcome.ACCEPTED);
        }
        if (mayWait) {
            intake.await(request);
            return AdmitResult.of(Outcome.WAITING);
        }
        return switch (mayDrop ? config.overflow() : Overflow.REJECT) {
            case REJECT, BLOCK -> {
                totals.rejected += request.size();
                yield AdmitResult.of(Outcome.FULL);
            }
            case DROP_NEWEST -> drop(request);
            case DROP_OLDEST -> intake.couldHold(request.size()) ? dropOlder(request, now, decision) : drop(request);
        };
    }

    private AdmitResult<T> drop(AddRequest<T> request) {
        totals.dropped += request.size();
        totals.droppedOnArrival += request.size();
        return AdmitResult.of(Outcome.DROPPED);
    }

    /** Evicts until the items are in the buffer: producers may claim a slot that was just made free. */
    private AdmitResult<T> dropOlder(AddRequest<T> request, long now, Decision decision) {
        List<ChunkSlice<T>> evicted = new ArrayList<>(1);
        do {
            ChunkSlice<T> slice = intake.evict(intake.lacking(request.size()));
            totals.dropped += slice.size();
            evicted.add(slice);
        } while (!intake.append(request, now));
        afterRelease(now, decision);
        return AdmitResult.afterEviction(evicted);
    }

    /** Room was made, or items were settled: admit who waits for room, and complete the flushes that are through. */
    private void afterRelease(long now, Decision decision) {
        try {
            letIn(now, decision);
        } finally {
            tickets.settled(firstUnsettled(), decision); // also if there is no memory to let a call in
        }
    }

    /** Lets in the calls that wait, as far as there is room. */
    private void letIn(long now, Decision decision) {
        for (AddRequest<T> call = intake.admitNext(now); call != null; call = intake.admitNext(now)) {
            decision.release(call.settled()); // one by one, so that an error with the next does not keep it waiting
        }
    }

    /** A call has waited for room, long enough if it was not let in. */
    void withdrawUnlessDecided(AddRequest<T> addition, long now, Decision decision) {
        if (addition.outcome() == AddRequest.Outcome.WAITING) {
            intake.withdraw(addition);
            totals.rejected += addition.size();
            letIn(now, decision); // a smaller call behind it may fit
        }
    }

    private long firstUnsettled() {
        long first = inFlight == null ? intake.firstWaiting() : inFlight.firstSequence();
        first = aside == null ? first : Math.min(first, aside.firstSequence());
        for (FrozenBatch<T> delivery : retries.unsettled()) {
            first = Math.min(first, delivery.firstSequence());
        }
        return first;
    }

    // ---- requests

    /**
     * Delivers what was accepted so far.
     *
     * @param caller where it is called from. From a callback it does not skip the delay of the failure that is being reported; from the
     *     handler it does, unless a flush made that attempt early: a handler or a callback that flushes each time would never wait
     */
    CompletableFuture<Void> flush(Caller caller, long now, Decision decision) {
        CompletableFuture<Void> future = new EngineFuture<>();
        if (!isOpen()) {
            decision.complete(future, Refusals.closed(config, null));
        } else if (handler == null) {
            decision.complete(
                    future,
                    new IllegalStateException("batcher \"" + config.name()
                            + "\" has no handler to flush to; register one. The items stay."));
        } else {
            hurried |=
                    caller == Caller.OUTSIDE || (caller == Caller.HANDLER && inFlight != null && !inFlight.isEarly());
            boolean first = tickets.isEmpty();
            if (first || caller == Caller.OUTSIDE) {
                // What a callback adds again and flushes would go round and round without a delay.
                boolean afterFailure = caller == Caller.CALLBACK && totals.consecutiveFailures > 0;
                flushNotBefore = afterFailure ? (Long) settlement.delayed(now) : null;
            }
            tickets.add(intake.claimed(), attemptNumber, future);
            if (first) { // else one that covers no more is not through either
                tickets.settled(firstUnsettled(), decision);
            }
        }
        return future;
    }

    CompletableFuture<Void> drain(Caller caller, long now, Decision decision) {
        trigger.drain(isOpen());
        return flush(caller, now, decision);
    }

    void startTicks() {
        trigger.drain(false);
        trigger.tick(true);
    }

    void stopTicks() {
        trigger.tick(false);
    }

    /** Pauses or resumes delivery. Returns whether that changes anything. */
    boolean pause(boolean on) {
        return trigger.pause(on);
    }

    void register(Handler<T> handler) {
        if (!isOpen()) {
            throw Refusals.closed(config, null);
        }
        if (this.handler != null) {
            throw new IllegalStateException(
                    "batcher \"" + config.name() + "\" has a handler already; it takes one, of either kind");
        }
        this.handler = handler;
    }

    boolean isOpen() {
        return trigger.lifecycle() == Lifecycle.OPEN;
    }

    boolean isClosed() {
        return trigger.lifecycle() == Lifecycle.CLOSED;
    }

    // ---- close

    /**
     * Refuses items and requests from now on, and gives what is left its last attempts.
     *
     * @return false if somebody else has closed it
     */
    boolean beginClose(long now, Decision decision) {
        if (!isOpen()) {
            return false;
        }
        trigger.enter(Lifecycle.CLOSING);
        lastBeforeClose = attemptNumber;
        intake.close().forEach(refused -> decision.release(refused.settled()));
        endDrainUnlessDue(now);
        return true;
    }

    /**
     * Lets close go on without the call that runs now, because that waits for close: what is behind it is delivered by another run of the
     * loop. The outcome of the call counts when it returns.
     *
     * @param forEver whether the call will not return; its batch is handed back then
     */
    void setAside(boolean forEver, long now) {
        boolean running = task.is(LoopStatus.State.RUNNING) || (task.is(LoopStatus.State.WAITING) && !isStageEnded());
        if (trigger.lifecycle() != Lifecycle.CLOSING || !running || aside != null) {
            return;
        }
        if (retries.pass() != null) { // which cannot go on without the outcome
            trigger.endDrain();
            signals.drained().countDown();
            return;
        }
        retries.setAside();
        if (forEver && inFlight != null) {
            neverReturning.add(inFlight);
        } else {
            aside = inFlight;
            asideAttempt = awaited;
        }
        inFlight = null;
        awaited = null;
        task.overtake();
        endDrainUnlessDue(now);
    }

    private boolean isStageEnded() {
        return awaited != null && awaited.isEnded();
    }

    /** Ends it all. Returns what is left; it counts as handed back. */
    List<FrozenBatch<T>> endClose(Decision decision) {
        List<FrozenBatch<T>> left =
                settlement.handBack(inFlight, neverReturning); // if there is no memory for it, close has not ended
        trigger.enter(Lifecycle.CLOSED);
        inFlight = null;
        awaited = null;
        tickets.failAll(Refusals.closed(config, null), decision);
        return left;
    }

    // ---- facts

    BatcherStats stats(long now) {
        return Snapshot.of(config, trigger.state(), intake, settlement, inFlight == null ? aside : inFlight, now);
    }
}
