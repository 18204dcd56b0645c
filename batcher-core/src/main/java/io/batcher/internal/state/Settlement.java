/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.state;

import io.batcher.BatcherConfig;
import io.batcher.BatcherFullException;
import io.batcher.FlushReason;
import io.batcher.internal.delivery.BatchIds;
import io.batcher.internal.delivery.Bisection;
import io.batcher.internal.delivery.Causes;
import io.batcher.internal.delivery.FrozenBatch;
import io.batcher.internal.delivery.GivenUp;
import io.batcher.internal.delivery.RetryDelay;
import io.batcher.internal.delivery.RetryVerdict;
import io.batcher.internal.lanes.Lane;
import io.batcher.internal.lanes.Lanes;
import io.batcher.internal.report.Refusals;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Settles the items of an attempt that has ended: they are handled and leave memory, are kept in the retry queue of their lane, counted as
 * failed or deferred as if they had not been tried, or are given up. Guarded by the batcher's lock.
 */
final class Settlement<T> {

    private final BatcherConfig<T> config;
    private final BatchIds ids;
    private final RetryDelay delays;
    private final Counters counters;

    Settlement(BatcherConfig<T> config, BatchIds ids, Counters counters) {
        this.config = config;
        this.ids = ids;
        this.counters = counters;
        this.delays = new RetryDelay(config);
    }

    void succeeded(Lane<T> lane, FrozenBatch<T> batch, boolean mayProbe, long now, Decision decision) {
        handledOutsideBisection(lane, batch, decision);
        Bisection<T> pass = lane.pass();
        if (pass != null) {
            pass.handled();
            continuePass(lane, pass, batch, mayProbe, now);
        }
    }

    /**
     * Settles a failed attempt.
     *
     * @param mayProbe whether an item from the buffer may be taken to tell a bad item from a bad handler
     */
    void failed(
            Lane<T> lane, FrozenBatch<T> batch, RetryVerdict verdict, boolean mayProbe, long now, Decision decision) {
        // Allocation comes before any change: an error up to there leaves the batch in flight.
        batch.failed(verdict.cause());
        FrozenBatch<T> good = part(batch, verdict.handled());
        Bisection<T> running = lane.pass();
        Bisection<T> begun = running == null && isolates(verdict) ? new Bisection<>(batch, verdict, ids) : null;
        boolean alone = running == null && begun == null;
        List<GivenUp<T>> givenUp = alone ? givenUp(batch, verdict) : List.of();
        List<FrozenBatch<T>> again = alone ? parts(batch, verdict.keptAndDeferred()) : List.of();

        count(lane, verdict);
        if (good != null) {
            handled(lane, good, decision);
        }
        if (running != null) {
            running.failed(verdict);
            continuePass(lane, running, batch, mayProbe, now);
            return;
        }
        if (begun != null) {
            lane.retries().begin(begun, batch.isEarly(), now);
            continuePass(lane, begun, batch, mayProbe, now);
        }
        givenUp.forEach(letter -> lane.giveUp(letter, now));
        if (!again.isEmpty()) {
            lane.retries().keep(again);
            if (verdict.kept().length > 0) {
                delayAfter(lane, batch, now);
            } else {
                stayDue(lane, batch, now);
            }
        }
    }

    /** A call that has only deferred items counts as none. */
    private void count(Lane<T> lane, RetryVerdict verdict) {
        if (verdict.isFailure()) {
            counters.failedAttempts++;
            lane.attemptFailed();
        }
        if (verdict.isFailure() || verdict.handled().length > 0) {
            counters.batches++;
        }
    }

    /** After an attempt that counts as none the next one is due at once, as far as the batch is concerned; after an early one, when it was. */
    private void stayDue(Lane<T> lane, FrozenBatch<T> deferred, long now) {
        if (!deferred.isEarly()) {
            lane.retries().attemptNotBefore(now);
        }
    }

    /**
     * Settles an attempt that ended with its process. {@code retryOn} is not asked: the end of a process says nothing about the items. A lone
     * item at its last attempt is given up without a probe, a larger batch is halved, because an item may have ended the process.
     */
    void interrupted(Lane<T> lane, FrozenBatch<T> batch, Throwable cause, long now) {
        RetryVerdict verdict =
                RetryVerdict.of(cause, batch.size(), batch.countedAttempts(), config.retry(), any -> true);
        batch.failed(cause);
        count(lane, verdict);
        if (!verdict.givesUpSome()) {
            keep(lane, batch, now);
        } else if (batch.size() == 1) {
            lane.giveUp(new GivenUp<>(batch, cause), now);
        } else if (config.retry().isolatePoison()) {
            lane.retries().begin(new Bisection<>(batch, verdict, ids), false, now);
        } else {
            int middle = batch.size() / 2;
            lane.retries()
                    .keep(List.of(
                            batch.part(ids, IntStream.range(0, middle).toArray()),
                            batch.part(
                                    ids, IntStream.range(middle, batch.size()).toArray())));
            delayAfter(lane, batch, now);
        }
    }

    /** Keeps a batch whose last attempt has failed in an earlier process, until its delay ends. */
    void restored(Lane<T> lane, FrozenBatch<T> batch, long retryInNanos, long now) {
        if (config.retry().isolatePoison()
                && batch.countedAttempts() >= config.retry().maxAttempts()) {
            batch.exhaust();
        }
        lane.retries().keep(batch);
        lane.retries().attemptNotBefore(now + Math.min(retryInNanos, delays.nanos(batch.countedAttempts())));
    }

    private boolean isolates(RetryVerdict verdict) {
        return config.retry().isolatePoison() && verdict.givesUpSome() && verdict.handled().length == 0;
    }

    private @Nullable FrozenBatch<T> part(FrozenBatch<T> batch, int[] indexes) {
        return indexes.length == 0 ? null : batch.part(ids, indexes);
    }

    private List<FrozenBatch<T>> parts(FrozenBatch<T> batch, List<RetryVerdict.Again> parts) {
        return parts.stream().map(part -> part.of(batch, ids)).toList();
    }

    private List<GivenUp<T>> givenUp(FrozenBatch<T> batch, RetryVerdict verdict) {
        List<GivenUp<T>> letters = new ArrayList<>();
        for (RetryVerdict.Failed part : verdict.failed()) {
            if (part.givenUp()) {
                letters.add(new GivenUp<>(batch.part(ids, part.indexes()), part.cause()));
            }
        }
        return letters;
    }

    /** Keeps a batch for another attempt. */
    void keep(Lane<T> lane, FrozenBatch<T> batch, long now) {
        lane.retries().keep(batch);
        delayAfter(lane, batch, now);
    }

    /** Delays the next attempt, unless the last one was made early: then it stays due when it was. */
    private void delayAfter(Lane<T> lane, FrozenBatch<T> failed, long now) {
        if (!failed.isEarly()) {
            lane.retries().attemptNotBefore(now + delays.nanos(failed.countedAttempts()));
        }
    }

    /** Ends the bisection if it is over: the bad items are given up, or everything is kept because nothing succeeded. */
    private void continuePass(Lane<T> lane, Bisection<T> pass, FrozenBatch<T> tried, boolean mayProbe, long now) {
        if (mayProbe
                && pass.needsProbe()
                && !lane.retries().isBatchWaiting()
                && lane.buffer().waiting() > 0) {
            pass.probe(new FrozenBatch<>(lane, ids.next(), lane.buffer().takeBatch(1), FlushReason.EAGER));
        }
        if (pass.isFutile()) {
            lane.retries().endPass(pass.unsettled());
            delayAfter(lane, tried, now);
        } else if (pass.isDone()) {
            pass.suspects().forEach(suspect -> lane.giveUp(suspect, now));
            lane.retries().endPass(List.of());
        }
    }

    private void handled(Lane<T> lane, FrozenBatch<T> batch, Decision decision) {
        if (lane.records(batch)) {
            return; // counts when the store has recorded it
        }
        decision.complete(batch.items(), null);
        counters.handled += batch.size();
        lane.buffer().release(batch.size());
    }

    /** Settles a batch that has succeeded outside a bisection, as one that was set aside does. */
    void handledOutsideBisection(Lane<T> lane, FrozenBatch<T> batch, Decision decision) {
        counters.batches++;
        lane.attemptSucceeded();
        handled(lane, batch, decision);
    }

    /**
     * Takes back an attempt that was set aside before its call: it is as if it had not begun.
     *
     * @param closed whether close has ended: then the batch is not kept
     * @return what close cannot hand back any more
     */
    List<FrozenBatch<T>> undoAside(Lane<T> lane, FrozenBatch<T> batch, boolean closed, long now, Decision decision) {
        batch.undoAttempt();
        if (closed) {
            List<FrozenBatch<T>> left = List.of(batch);
            handBackLate(lane, batch, null, decision);
            return left;
        }
        lane.retries().keep(batch);
        stayDue(lane, batch, now);
        return List.of();
    }

    /**
     * Settles a failed attempt with a batch that was set aside. What has to be isolated is attempted once more before that.
     *
     * @param closed whether close has ended: then nothing is kept
     * @return what close cannot hand back any more
     */
    List<FrozenBatch<T>> asideFailed(
            Lane<T> lane, FrozenBatch<T> batch, RetryVerdict verdict, boolean closed, long now, Decision decision) {
        batch.failed(verdict.cause());
        boolean givesUp = !closed && !isolates(verdict);
        FrozenBatch<T> good = part(batch, verdict.handled());
        List<GivenUp<T>> givenUp = givesUp ? givenUp(batch, verdict) : List.of();
        List<FrozenBatch<T>> again = parts(batch, givesUp ? verdict.keptAndDeferred() : verdict.failedAndDeferred());

        count(lane, verdict);
        if (good != null) {
            handled(lane, good, decision);
        }
        if (closed) {
            again.forEach(part -> handBackLate(lane, part, verdict.cause(), decision));
            return again;
        }
        givenUp.forEach(letter -> lane.retries().addLetter(letter, now));
        lane.retries().keep(again);
        return List.of();
    }

    /**
     * Settles the batches that close has set aside and whose outcome an error of the engine has lost.
     *
     * @param closed whether close has ended: then they are not kept
     * @return what close cannot hand back any more
     */
    List<FrozenBatch<T>> recoverAside(Lanes<T> lanes, boolean closed, long now, Decision decision) {
        List<FrozenBatch<T>> left = new ArrayList<>();
        lanes.forEach(lane -> {
            FrozenBatch<T> batch = lane.abandonedAside();
            if (batch == null) {
                return;
            }
            if (closed) {
                left.add(batch);
                handBackLate(lane, batch, batch.lastFailure(), decision);
            } else {
                keep(lane, batch, now);
                lane.endLastAttempts(); // as after another error of the engine
            }
            lane.clearAside();
            lanes.changed(lane, now);
        });
        return left;
    }

    /** Takes out of the lanes what close hands back; see {@link Leftovers#handBack}. */
    List<FrozenBatch<T>> handBack(Lanes<T> lanes) {
        return new Leftovers<T>(ids, counters).handBack(lanes);
    }

    /** Counts a batch as handed back after close has handed back everything else. */
    private void handBackLate(Lane<T> lane, FrozenBatch<T> batch, @Nullable Throwable cause, Decision decision) {
        decision.complete(batch.items(), Refusals.closed(config, cause)); // first, because it may fail
        counters.handedBack += batch.size();
        lane.buffer().release(batch.size());
    }

    /** Settles a letter that the dead-letter callback has taken. */
    void gaveUp(Lane<T> lane, GivenUp<T> letter, long now, Decision decision) {
        int items = letter.batch().size();
        lane.retries().removeLetter(letter, now);
        counters.deadLettered += items;
        lane.buffer().release(items);
        decision.complete(letter.batch().items(), letter.cause());
    }

    /**
     * Delays a letter with which the dead-letter callback has thrown. If a buffer was full, which may be this one, the batches behind the
     * letter do not wait for it, because they make room.
     */
    void refused(Lane<T> lane, GivenUp<T> letter, Throwable thrown, long now) {
        lane.retries().putBack(letter, now + delays.nanos(1), Causes.unwrapped(thrown) instanceof BatcherFullException);
    }

    /** Settles a letter that is not offered again: the dead-letter callback has thrown after close had handed back everything else. */
    void lost(Lane<T> lane, GivenUp<T> letter, Throwable thrown, long now, Decision decision) {
        lane.retries().removeLetter(letter, now);
        handBackLate(lane, letter.batch(), thrown, decision);
    }

    /** Delays everything in the lane, whose run has failed. */
    void delayAll(Lane<T> lane, long now) {
        lane.retries().delayAll(firstDelayEnd(now));
    }

    /** Returns when the delay after a first failure ends. */
    long firstDelayEnd(long now) {
        return now + delays.nanos(1);
    }
}
