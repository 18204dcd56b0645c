/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import io.batcher.BatcherClosedException;
import io.batcher.BatcherConfig;
import io.batcher.BatcherStats;
import io.batcher.FlushReason;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The state of a batcher, and every transition of it. No lock, no thread and no clock of its own: every method is called under the
 * batcher's lock, is told the time, and puts what is to be done outside the lock into a {@link Decision}. The state table is in
 * docs/concurrency.md.
 */
final class FlushMachine<T> {

    /** An executor that refuses is asked again after the interval, or after this where that is longer. */
    private static final long LONGEST_REFUSAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final BatcherConfig<T> config;
    private final Intake<T> intake;
    private final FlushTrigger<T> trigger;
    private final Settlement<T> settlement;
    private final RetryQueue<T> retries;
    private final Totals totals;
    private final BatchIds ids;
    private final FlushTickets tickets = new FlushTickets();
    private final CountDownLatch drained = new CountDownLatch(1);

    private LoopState loop = LoopState.IDLE;

    /** Counts transitions; a loop that lingers reads it without the lock. */
    private volatile int events;

    /** Counts the starts of the loop, so that a task that comes late can tell that it is not the one awaited. */
    private long generation;

    /** Not to trouble the executor before, because it has refused a task; null if it has not. */
    private @Nullable Long refusedUntil;

    private @Nullable Handler<T> handler;

    /** The batch with the handler. */
    private @Nullable Delivery<T> inFlight;

    /** The attempt that the loop has left to its stage, until it goes on with it. */
    private @Nullable Attempt<T> awaited;

    /** The generation of the loop that the executor has refused or that has died, until some transition makes that good. */
    private volatile long abandoned;

    /** The number of the attempt that began last, and of the last one that began before close. */
    private int serial;

    private int serialAtClose;

    /** Whether the dead-letter callback threw while closing: it is not called again. */
    private boolean lettersFailed;

    FlushMachine(BatcherConfig<T> config, Intake<T> intake) {
        this.config = config;
        this.intake = intake;
        this.ids = new BatchIds(config.name());
        this.trigger = new FlushTrigger<>(config, intake);
        this.settlement = new Settlement<>(config, intake, ids);
        this.retries = settlement.retries();
        this.totals = settlement.totals();
        this.handler = Handler.of(config);
    }

    // ---- the loop: IDLE -> QUEUED -> RUNNING -> IDLE, or RUNNING -> WAITING -> QUEUED

    /** A transition is about to be made. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // written under the lock only
    void count() {
        events++;
    }

    int events() {
        return events;
    }

    /** Starts the loop if something is due and nobody is at it. Called after every event. */
    void wake(long now, Decision decision) {
        if (abandoned != 0) {
            makeGood(now);
        }
        if (loop == LoopState.WAITING && awaited != null && awaited.isEnded()) {
            enqueue(decision);
        }
        if (loop == LoopState.IDLE && isDue(now) && !isRefused(now)) {
            enqueue(decision);
        }
    }

    private void enqueue(Decision decision) {
        decision.startLoop(++generation);
        loop = LoopState.QUEUED;
    }

    /** The task of a start runs. Returns false if it is not awaited any more. */
    boolean begin(long generation) {
        if (queued() != generation) {
            return false;
        }
        loop = LoopState.RUNNING;
        refusedUntil = null;
        return true;
    }

    /**
     * The executor has refused the task of a start, or the loop has died of an error that is not the handler's. Without the lock, and
     * no more than a store: who tells it may have no memory or stack left, so the transition may be the next thread's.
     */
    void abandoned(long generation) {
        abandoned = generation;
    }

    private void makeGood(long now) {
        if (queued() == abandoned && isOpen()) {
            refused(abandoned, now);
        } else if (loop == LoopState.RUNNING && generation == abandoned) {
            loopDied(now);
        }
        abandoned = 0; // while closing, what is queued is begun elsewhere
    }

    /**
     * The executor refused the task of a start.
     *
     * @return whether the start is to be made elsewhere, because nobody will ask again
     */
    boolean refused(long generation, long now) {
        if (queued() != generation || !isOpen()) {
            return queued() == generation;
        }
        loop = LoopState.IDLE;
        refusedUntil = now + Math.min(config.interval().toNanos(), LONGEST_REFUSAL_NANOS);
        return false;
    }

    /** Claims a start that the executor has not begun. Returns its new generation; 0 if it has begun after all. */
    long takeOver(long generation) {
        return queued() == generation ? ++this.generation : 0;
    }

    /** The generation of the start that has not begun; 0 if there is none. */
    long queued() {
        return loop == LoopState.QUEUED ? generation : 0;
    }

    boolean isIdle() {
        return loop == LoopState.IDLE;
    }

    /**
     * What the running loop has to do next; empty if it has become idle.
     *
     * @param mayLinger whether to wait a moment before that
     */
    Optional<Step<T>> next(boolean mayLinger, long now) {
        Attempt<T> toSettle = awaited;
        if (toSettle != null) {
            awaited = null;
            return Optional.of(new Step.Settle<>(toSettle));
        }
        if (isDue(now)) {
            return Optional.of(nextDelivery(now));
        }
        if (mayLinger && isOpen()) {
            return Optional.of(new Step.Linger<>(events));
        }
        // Looking and going idle are one step under the lock: what becomes due from here on finds nobody at it and
        // starts the loop.
        loop = LoopState.IDLE;
        endDrainUnlessDue(now);
        return Optional.empty();
    }

    private void endDrainUnlessDue(long now) {
        if (trigger.lifecycle() == Lifecycle.CLOSING && isIdle() && !isDue(now)) {
            drained.countDown();
        }
    }

    private Step<T> nextDelivery(long now) {
        Letter<T> letter = retries.letter();
        if (letter != null) {
            return new Step.GiveUp<>(letter);
        }
        if (retries.isEmpty()) {
            FlushReason reason = Objects.requireNonNull(trigger.due(!tickets.isEmpty(), now));
            inFlight = new Delivery<>(ids.next(), intake.takeBatch(config.maxBatchSize()), reason);
            inFlight.beginAttempt(true);
        } else {
            boolean inTime = now - retries.notBefore() >= 0; // else a flush has made it early
            inFlight = retries.next(ids);
            inFlight.beginAttempt(inTime);
        }
        return new Step.Deliver<>(inFlight, Objects.requireNonNull(handler), ++serial);
    }

    /** Whether the loop may leave the attempt in flight to its stage: not if that has ended before. */
    boolean mayLeave(Attempt<T> attempt) {
        if (attempt.leave()) {
            awaited = attempt;
            loop = LoopState.WAITING;
            return true;
        }
        return false;
    }

    /** What the loop was at is tried again. */
    private void loopDied(long now) {
        Delivery<T> unsettled = inFlight;
        if (unsettled != null && retries.pass() == null) {
            settlement.keep(unsettled, now);
        }
        settlement.delayRetry(now);
        inFlight = null;
        awaited = null;
        loop = LoopState.IDLE;
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
        if (retries.letter() != null && trigger.lifecycle() == Lifecycle.CLOSING) {
            return !lettersFailed;
        }
        if (!trigger.mayDeliver() || handler == null) {
            return false;
        }
        if (retries.isEmpty()) {
            return trigger.due(!tickets.isEmpty(), now) != null;
        }
        return !isOpen() || !tickets.isEmpty() || now - retries.notBefore() >= 0;
    }

    private boolean isRefused(long now) {
        return isOpen() && refusedUntil != null && now - refusedUntil < 0;
    }

    /** When something will be due that is not now, without a further call; null if nothing will. Asked while the loop is idle. */
    @Nullable Long nextMoment(long now) {
        if (isDue(now)) {
            return refusedUntil;
        }
        if (!trigger.mayDeliver() || handler == null) {
            return null;
        }
        return retries.isEmpty() ? trigger.nextTick() : (Long) retries.notBefore();
    }

    // ---- outcomes

    /** Whether the batch of an attempt is still ours: close may have handed it back meanwhile, then its outcome counts no more. */
    boolean owns(Attempt<T> attempt) {
        return inFlight == attempt.delivery();
    }

    void succeeded(Attempt<T> attempt, long now, Decision decision) {
        settlement.succeeded(attempt.delivery(), isOpen(), now, decision);
        inFlight = null;
        afterRelease(now, decision);
    }

    /**
     * An attempt failed.
     *
     * @return how long until the next attempt with what is left of the batch; empty if it is given up
     */
    Optional<Duration> failed(Attempt<T> attempt, Verdict verdict, long now, Decision decision) {
        settlement.failed(attempt.delivery(), verdict, isOpen(), now, decision);
        inFlight = null; // not before: what an error keeps from being settled is tried again
        if (!isOpen() && attempt.serial() - serialAtClose > 0) {
            trigger.endDrain();
        }
        afterRelease(now, decision);
        tickets.failed(attempt.serial(), verdict.cause(), decision);
        return retries.hasBatches() && trigger.willRetry()
                ? Optional.of(Duration.ofNanos(Math.max(0, retries.attemptNotBefore() - now)))
                : Optional.empty();
    }

    /** The dead-letter callback has taken a letter, or has thrown. Returns whether the letter was still ours. */
    boolean offered(Letter<T> letter, @Nullable Throwable thrown, long now, Decision decision) {
        if (retries.letter() != letter) {
            return false;
        }
        if (thrown == null) {
            settlement.gaveUp(letter, decision);
            afterRelease(now, decision);
        } else {
            settlement.delayRetry(now);
            lettersFailed = !isOpen();
            tickets.failAll(thrown, decision);
        }
        return true;
    }

    /** Room was made, or items were settled: admit who waits for room, and complete the flushes that are through. */
    void afterRelease(long now, Decision decision) {
        intake.admit(now).forEach(admitted -> decision.letGo(admitted.decided()));
        tickets.settled(firstUnsettled(), decision);
    }

    private long firstUnsettled() {
        long first = inFlight == null ? intake.firstWaiting() : inFlight.firstSequence();
        for (Delivery<T> delivery : retries.unsettled()) {
            first = Math.min(first, delivery.firstSequence());
        }
        return first;
    }

    // ---- requests

    CompletableFuture<Void> flush(Decision decision) {
        CompletableFuture<Void> future = new EngineFuture<>();
        if (!isOpen()) {
            decision.complete(future, closed(null));
        } else if (handler == null) {
            decision.complete(
                    future,
                    new IllegalStateException("batcher \"" + config.name()
                            + "\" has no handler to flush to; register one. The items stay."));
        } else {
            tickets.add(intake.claimed(), serial, future);
            tickets.settled(firstUnsettled(), decision);
        }
        return future;
    }

    CompletableFuture<Void> drain(Decision decision) {
        trigger.drain(isOpen());
        return flush(decision);
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
            throw closed(null);
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
        serialAtClose = serial;
        intake.close().forEach(refused -> decision.letGo(refused.decided()));
        endDrainUnlessDue(now);
        return true;
    }

    /** Opened when close has delivered what it could. */
    CountDownLatch drained() {
        return drained;
    }

    /** Ends it all. Returns what is left; it counts as handed back. */
    List<Delivery<T>> endClose(Decision decision) {
        trigger.enter(Lifecycle.CLOSED);
        List<Delivery<T>> left = settlement.handBack(inFlight);
        inFlight = null;
        awaited = null;
        tickets.failAll(closed(null), decision);
        return left;
    }

    BatcherClosedException closed(@Nullable Throwable cause) {
        return new BatcherClosedException("batcher \"" + config.name() + "\" is closed", cause);
    }

    // ---- facts

    Totals totals() {
        return totals;
    }

    BatcherStats stats(long now) {
        long claimed = intake.claimed(); // once: producers raise it at any moment
        return new BatcherStats(
                trigger.state(),
                intake.waiting(claimed) + intake.held(),
                inFlight == null ? 0 : inFlight.size(),
                config.capacity(),
                claimed + totals.droppedAtTheDoor,
                totals.handled,
                totals.failedAttempts,
                totals.rejected,
                totals.dropped,
                totals.deadLettered,
                totals.handedBack,
                totals.batches,
                totals.consecutiveFailures,
                oldestAge(claimed, now));
    }

    private Duration oldestAge(long claimed, long now) {
        long age = intake.waiting(claimed) > 0 ? now - intake.oldestAddedAt() : 0;
        age = inFlight == null ? age : Math.max(age, now - inFlight.addedAt());
        for (Delivery<T> delivery : retries.unsettled()) {
            age = Math.max(age, now - delivery.addedAt());
        }
        return Duration.ofNanos(Math.max(0, age));
    }
}
