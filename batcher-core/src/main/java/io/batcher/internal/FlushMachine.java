/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import io.batcher.BatcherClosedException;
import io.batcher.BatcherConfig;
import io.batcher.BatcherState;
import io.batcher.BatcherStats;
import io.batcher.FlushReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * All state of a batcher but the items that wait, and every transition of it. No lock, no thread and no clock of its own: every
 * method is called under the batcher's lock, is told the time, and puts what is to be done outside the lock into a
 * {@link Decision}. The state table is in docs/concurrency.md.
 */
final class FlushMachine<T> {

    private final BatcherConfig<T> config;
    private final Intake<T> intake;
    private final RetryDelay delays;
    private final BatchIds ids;
    private final Totals totals = new Totals();
    private final FlushTickets tickets = new FlushTickets();
    private final RetryQueue<T> retries = new RetryQueue<>();

    private LoopState loop = LoopState.IDLE;

    /** Counts the starts of the loop, so that a task that comes late can tell that it is not the one awaited. */
    private int generation;

    private Lifecycle lifecycle = Lifecycle.OPEN;
    private boolean paused;
    private boolean draining;
    private boolean autoFlush;

    /** Whether the drain of close is over because an attempt failed, or for letters because the callback threw. */
    private boolean drainFailed;

    private boolean lettersFailed;

    private @Nullable Handler<T> handler;

    /** The batch with the handler, and its attempt once that was made. */
    private @Nullable Delivery<T> inFlight;

    /** The attempt in flight, if its stage has ended while the loop was away. */
    private @Nullable Attempt<T> ended;

    /** The number of the attempt that began last, and of the last one that began before close. */
    private int serial;

    private int serialAtClose;

    /** Not to trouble the executor before, because it has refused a task. */
    private @Nullable Long refusedUntil;

    private final CountDownLatch drained = new CountDownLatch(1);

    FlushMachine(BatcherConfig<T> config, Intake<T> intake) {
        this.config = config;
        this.intake = intake;
        this.delays = new RetryDelay(config);
        this.ids = new BatchIds(config.name());
        this.autoFlush = config.autoFlush();
        this.handler = Handler.of(config);
    }

    // ---- the loop: IDLE -> QUEUED -> RUNNING -> IDLE, or RUNNING -> WAITING -> QUEUED

    /** Starts the loop if something is due and nobody is at it. Called after every event. */
    void wake(long now, Decision decision) {
        if (loop == LoopState.IDLE && isDue(now) && !isRefused(now)) {
            enqueue(decision);
        }
    }

    private void enqueue(Decision decision) {
        loop = LoopState.QUEUED;
        decision.startLoop(++generation);
    }

    /** The task of a start runs. Returns false if it is not awaited any more. */
    boolean begin(int generation) {
        if (loop != LoopState.QUEUED || generation != this.generation) {
            return false;
        }
        loop = LoopState.RUNNING;
        refusedUntil = null;
        return true;
    }

    /** The executor refused the task of a start. While closing, the caller has another thread for it. */
    void refused(int generation, long now) {
        if (loop == LoopState.QUEUED && generation == this.generation) {
            loop = LoopState.IDLE;
            refusedUntil = now + config.interval().toNanos();
        }
    }

    /** Claims a start that the executor has not begun, for a thread of close's own. Returns the new generation, or 0. */
    int takeOver(int generation) {
        if (loop == LoopState.QUEUED && generation == this.generation) {
            return ++this.generation;
        }
        return 0;
    }

    /** The generation whose task has not begun; 0 if there is none. */
    int queued() {
        return loop == LoopState.QUEUED ? generation : 0;
    }

    /** What the running loop has to do next; empty if it has become idle. */
    Optional<Step<T>> next(long now) {
        if (ended != null) {
            return Optional.of(settleEnded(ended));
        }
        if (isDue(now)) {
            return Optional.of(nextDelivery(now));
        }
        loop = LoopState.IDLE;
        if (lifecycle == Lifecycle.CLOSING) {
            drained.countDown();
        }
        return Optional.empty();
    }

    private Step<T> settleEnded(Attempt<T> attempt) {
        ended = null;
        return new Step.Settle<>(attempt);
    }

    private Step<T> nextDelivery(long now) {
        Letter<T> letter = retries.letter();
        if (letter != null) {
            return new Step.GiveUp<>(letter);
        }
        Delivery<T> delivery;
        boolean counts = true;
        if (retries.isEmpty()) {
            FlushReason reason = bufferDue(now);
            if (reason == null) {
                throw new IllegalStateException("nothing is due");
            }
            delivery = new Delivery<>(ids.next(), intake.takeBatch(config.maxBatchSize()), reason);
        } else {
            counts = now - retries.notBefore() >= 0; // else a flush has made it early
            delivery = retries.next(ids);
        }
        delivery.beginAttempt(counts);
        inFlight = delivery;
        return new Step.Deliver<>(delivery, Objects.requireNonNull(handler), ++serial);
    }

    /** The loop leaves the attempt in flight to its stage. */
    LoopState awaitStage() {
        loop = LoopState.WAITING;
        return loop;
    }

    /** The stage has ended before the loop was gone. */
    LoopState stageWasFaster() {
        loop = LoopState.RUNNING;
        return loop;
    }

    /** The stage of an attempt has ended after the loop was gone. */
    boolean stageEnded(Attempt<T> attempt, Decision decision) {
        boolean ours = owns(attempt);
        if (ours) {
            ended = attempt;
            enqueue(decision);
        }
        return ours;
    }

    /** The loop has died of an error that is not the handler's. What it was at is tried again. */
    void loopDied(long now) {
        if (inFlight != null && ended == null && retries.pass() == null) {
            retries.keep(inFlight);
            retries.notBefore(now + delays.nanos(1));
        }
        inFlight = null;
        loop = LoopState.IDLE;
    }

    // ---- what is due

    private boolean isDue(long now) {
        if (ended != null) {
            return true;
        }
        if (retries.letter() != null) {
            return lifecycle == Lifecycle.CLOSING ? !lettersFailed : mayDeliver() && isRetryDue(now);
        }
        return mayDeliver() && handler != null && (retries.isEmpty() ? bufferDue(now) != null : isRetryDue(now));
    }

    private boolean mayDeliver() {
        return switch (lifecycle) {
            case OPEN -> !paused;
            case CLOSING -> !drainFailed;
            case CLOSED -> false;
        };
    }

    private boolean isRetryDue(long now) {
        return lifecycle == Lifecycle.CLOSING || !tickets.isEmpty() || now - retries.notBefore() >= 0;
    }

    /** Why the next batch is to be taken from the buffer now; null if it is not. */
    private @Nullable FlushReason bufferDue(long now) {
        if (intake.waiting() == 0) {
            return null;
        }
        if (lifecycle == Lifecycle.CLOSING) {
            return FlushReason.CLOSE;
        }
        FlushReason full = intake.full();
        if (full != null) {
            return full;
        }
        if (!tickets.isEmpty()) {
            return FlushReason.MANUAL;
        }
        if (draining || config.eager()) {
            return FlushReason.EAGER;
        }
        return autoFlush && now - tickAt() >= 0 ? FlushReason.INTERVAL : null;
    }

    /** When the interval of the oldest item that waits is over. */
    private long tickAt() {
        return intake.oldestAddedAt() + config.interval().toNanos();
    }

    private boolean isRefused(long now) {
        return refusedUntil != null && now - refusedUntil < 0 && lifecycle == Lifecycle.OPEN;
    }

    /** When something will be due that is not now, without a further call; null if nothing will. Asked while the loop is idle. */
    @Nullable Long nextMoment(long now) {
        if (loop != LoopState.IDLE || lifecycle == Lifecycle.CLOSED) {
            return null;
        }
        if (isDue(now)) {
            return refusedUntil;
        }
        if (!mayDeliver() || handler == null) {
            return null;
        }
        if (!retries.isEmpty()) {
            return retries.notBefore();
        }
        return autoFlush && intake.waiting() > 0 ? tickAt() : null;
    }

    boolean isIdle() {
        return loop == LoopState.IDLE;
    }

    // ---- outcomes

    /** Whether the batch of an attempt is still ours: close may have handed it back meanwhile, then its outcome counts no more. */
    boolean owns(Attempt<T> attempt) {
        return inFlight == attempt.delivery();
    }

    /** An attempt succeeded. */
    void succeeded(Attempt<T> attempt, long now, Decision decision) {
        Delivery<T> delivery = attempt.delivery();
        inFlight = null;
        totals.batches++;
        totals.consecutiveFailures = 0;
        handled(delivery, decision);
        IsolationPass<T> pass = retries.pass();
        if (pass != null) {
            pass.handled();
            goOnWith(pass, delivery, now);
        }
        afterRelease(now, decision);
    }

    /**
     * An attempt failed.
     *
     * @return how long until the next attempt with what is left of the batch; empty if it is given up
     */
    Optional<Duration> failed(Attempt<T> attempt, Verdict verdict, long now, Decision decision) {
        Delivery<T> delivery = attempt.delivery();
        inFlight = null;
        totals.batches++;
        totals.failedAttempts++;
        totals.consecutiveFailures++;
        delivery.failed(verdict.cause());
        int[] good = verdict.handled();
        if (good.length > 0) {
            handled(delivery.part(ids, good), decision);
        }
        IsolationPass<T> pass = retries.pass();
        if (pass != null) {
            pass.failed(verdict);
            goOnWith(pass, delivery, now);
        } else if (verdict.givesUpSome() && config.retry().isolatePoison() && good.length == 0) {
            delivery.exhaust();
            IsolationPass<T> first = new IsolationPass<>(delivery, verdict.cause(), ids);
            retries.begin(first);
            retries.notBefore(now);
            goOnWith(first, delivery, now);
        } else {
            giveUpAndKeep(delivery, verdict, now);
        }
        if (lifecycle == Lifecycle.CLOSING && attempt.serial() > serialAtClose) {
            drainFailed = true;
        }
        afterRelease(now, decision);
        tickets.failed(attempt.serial(), verdict.cause(), decision);
        boolean kept = retries.pass() != null || retries.hasBatches();
        return kept && mayDeliver()
                ? Optional.of(Duration.ofNanos(Math.max(0, retries.notBefore() - now)))
                : Optional.empty();
    }

    private void giveUpAndKeep(Delivery<T> delivery, Verdict verdict, long now) {
        retries.notBefore(now);
        for (Verdict.Failed part : verdict.failed()) {
            if (part.givenUp()) {
                retries.addLetter(new Letter<>(delivery.part(ids, part.indexes()), part.cause()));
            }
        }
        int[] kept = verdict.kept();
        if (kept.length > 0) {
            retries.keep(delivery.part(ids, kept));
            retries.notBefore(now + retryDelay(delivery));
        }
    }

    private long retryDelay(Delivery<T> delivery) {
        return delays.nanos(delivery.counted());
    }

    /** Ends the pass where it is over: the bad items are given up, or all is kept because nothing succeeded. */
    private void goOnWith(IsolationPass<T> pass, Delivery<T> tried, long now) {
        if (pass.needsProbe() && intake.waiting() > 0 && lifecycle == Lifecycle.OPEN) {
            FlushReason due = bufferDue(now);
            pass.probe(new Delivery<>(ids.next(), intake.takeBatch(1), due == null ? FlushReason.EAGER : due));
        }
        if (pass.isFutile()) {
            retries.endPass(pass.unsettled());
            retries.notBefore(now + retryDelay(tried));
        } else if (pass.isDone()) {
            pass.suspects().forEach(suspect -> retries.addLetter(new Letter<>(suspect.part(), suspect.cause())));
            retries.endPass(List.of());
            retries.notBefore(now);
        }
    }

    private void handled(Delivery<T> delivery, Decision decision) {
        totals.handled += delivery.size();
        intake.release(delivery.size());
        decision.complete(delivery.items(), null);
    }

    /** The dead-letter callback has taken the items of the first letter. */
    boolean gaveUp(Letter<T> letter, long now, Decision decision) {
        if (retries.letter() != letter) {
            return false;
        }
        retries.removeLetter();
        totals.deadLettered += letter.delivery().size();
        intake.release(letter.delivery().size());
        decision.complete(letter.delivery().items(), letter.cause());
        afterRelease(now, decision);
        return true;
    }

    /** The dead-letter callback has thrown. */
    boolean couldNotGiveUp(Letter<T> letter, Throwable thrown, long now, Decision decision) {
        boolean ours = retries.letter() == letter;
        if (ours) {
            retries.notBefore(now + delays.nanos(1));
            lettersFailed = lifecycle == Lifecycle.CLOSING;
            tickets.failed(Integer.MAX_VALUE, thrown, decision);
        }
        return ours;
    }

    /** Room was made, or items were settled: admit who waits for room, and complete the flushes that are through. */
    void afterRelease(long now, Decision decision) {
        for (Addition<T> admitted : intake.admit(now)) {
            decision.letGo(admitted.decided());
        }
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
        CompletableFuture<Void> future = new CompletableFuture<>();
        if (lifecycle != Lifecycle.OPEN) {
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

    boolean drainMode(boolean on) {
        return draining = on && lifecycle == Lifecycle.OPEN;
    }

    boolean autoFlush(boolean on) {
        return autoFlush = on;
    }

    boolean pause(boolean on) {
        return paused = on;
    }

    boolean isOpen() {
        return lifecycle == Lifecycle.OPEN;
    }

    @Nullable Handler<T> handler() {
        return handler;
    }

    Handler<T> register(Handler<T> handler) {
        return this.handler = handler;
    }

    // ---- close

    /**
     * Refuses items and requests from now on, and gives what is left its last attempts.
     *
     * @return false if somebody else has closed it
     */
    boolean beginClose(long now, Decision decision) {
        if (lifecycle != Lifecycle.OPEN) {
            return false;
        }
        lifecycle = Lifecycle.CLOSING;
        serialAtClose = serial;
        draining = false;
        intake.close().forEach(refused -> decision.letGo(refused.decided()));
        if (loop == LoopState.IDLE && !isDue(now)) {
            drained.countDown();
        }
        return true;
    }

    /** Opened when close has delivered what it could. */
    CountDownLatch drained() {
        return drained;
    }

    /** Ends it all. Returns what is left, in order; its items have been handed back. */
    List<Delivery<T>> endClose(Decision decision) {
        lifecycle = Lifecycle.CLOSED;
        List<Delivery<T>> left = new ArrayList<>(retries.unsettled());
        if (inFlight != null && retries.pass() == null) {
            left.add(inFlight);
        }
        while (intake.waiting() > 0) {
            left.add(new Delivery<>(ids.next(), intake.takeBatch(Integer.MAX_VALUE), FlushReason.CLOSE));
        }
        left.sort(Comparator.comparingLong(Delivery::firstSequence));
        int items = left.stream().mapToInt(Delivery::size).sum();
        totals.handedBack += items;
        intake.release(items);
        inFlight = null;
        ended = null;
        retries.clear();
        tickets.failAll(closed(null), decision);
        return left;
    }

    // ---- facts

    Totals totals() {
        return totals;
    }

    BatcherStats stats(long now) {
        long claimed = intake.claimed();
        return new BatcherStats(
                state(),
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

    private BatcherState state() {
        return switch (lifecycle) {
            case CLOSED -> BatcherState.CLOSED;
            case CLOSING -> BatcherState.DRAINING;
            case OPEN -> paused ? BatcherState.PAUSED : draining ? BatcherState.DRAINING : BatcherState.RUNNING;
        };
    }

    private Duration oldestAge(long claimed, long now) {
        long age = intake.waiting(claimed) > 0 ? now - intake.oldestAddedAt() : 0;
        age = inFlight == null ? age : Math.max(age, now - inFlight.addedAt());
        for (Delivery<T> delivery : retries.unsettled()) {
            age = Math.max(age, now - delivery.addedAt());
        }
        return Duration.ofNanos(Math.max(0, age));
    }

    BatcherClosedException closed(@Nullable Throwable cause) {
        return new BatcherClosedException("batcher \"" + config.name() + "\" is closed", cause);
    }
}
