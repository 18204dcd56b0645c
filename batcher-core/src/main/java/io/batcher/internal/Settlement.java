/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import io.batcher.BatcherConfig;
import io.batcher.BatcherFullException;
import io.batcher.FlushReason;
import io.batcher.internal.buffer.ChunkSlice;
import io.batcher.internal.delivery.BatchIds;
import io.batcher.internal.delivery.Bisection;
import io.batcher.internal.delivery.Causes;
import io.batcher.internal.delivery.FrozenBatch;
import io.batcher.internal.delivery.GivenUp;
import io.batcher.internal.delivery.RetryDelay;
import io.batcher.internal.delivery.RetryVerdict;
import java.util.ArrayList;
import java.util.Arrays;
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
        Bisection<T> pass = lane.retries().pass();
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
        FrozenBatch<T> deferred = part(batch, verdict.deferred());
        Bisection<T> running = lane.retries().pass();
        Bisection<T> begun = running == null && isolates(verdict) ? isolation(batch, verdict) : null;
        boolean alone = running == null && begun == null;
        List<GivenUp<T>> givenUp = alone ? givenUp(batch, verdict) : List.of();
        FrozenBatch<T> kept = alone ? part(batch, verdict.kept()) : null;

        count(verdict);
        if (good != null) {
            handled(lane, good, decision);
        }
        if (deferred != null) {
            deferred.undoAttempt();
        }
        if (running != null) {
            running.failed(verdict, deferred);
            continuePass(lane, running, batch, mayProbe, now);
            return;
        }
        if (begun != null) {
            lane.retries().begin(begun, batch.isEarly(), now);
            continuePass(lane, begun, batch, mayProbe, now);
        }
        givenUp.forEach(letter -> lane.retries().addLetter(letter, now));
        if (deferred != null) {
            defer(lane, deferred, now);
        }
        if (kept != null) {
            keep(lane, kept, now);
        }
    }

    /** A call that has only deferred items counts as none. */
    private void count(RetryVerdict verdict) {
        if (verdict.isFailure()) {
            counters.failedAttempts++;
            counters.consecutiveFailures++;
        }
        if (verdict.isFailure() || verdict.handled().length > 0) {
            counters.batches++;
        }
    }

    /** Keeps a batch whose attempt counts as none: it stays due when it was, as far as the batch is concerned. */
    private void defer(Lane<T> lane, FrozenBatch<T> batch, long now) {
        lane.retries().keep(batch);
        if (!batch.isEarly()) {
            lane.retries().attemptNotBefore(now);
        }
    }

    private boolean isolates(RetryVerdict verdict) {
        return config.retry().isolatePoison() && verdict.givesUpSome() && verdict.handled().length == 0;
    }

    private Bisection<T> isolation(FrozenBatch<T> batch, RetryVerdict verdict) {
        FrozenBatch<T> failed = batch.part(ids, verdict.failedIndexes());
        failed.exhaust();
        return new Bisection<>(failed, verdict.cause(), ids);
    }

    private @Nullable FrozenBatch<T> part(FrozenBatch<T> batch, int[] indexes) {
        return indexes.length == 0 ? null : batch.part(ids, indexes);
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
        if (mayProbe && pass.needsProbe() && lane.buffer().waiting() > 0) {
            pass.probe(new FrozenBatch<>(ids.next(), lane.buffer().takeBatch(1), FlushReason.EAGER));
        }
        if (pass.isFutile()) {
            lane.retries().endPass(pass.unsettled());
            delayAfter(lane, tried, now);
        } else if (pass.isDone()) {
            pass.suspects().forEach(suspect -> lane.retries().addLetter(suspect, now));
            lane.retries().endPass(List.of());
        }
    }

    private void handled(Lane<T> lane, FrozenBatch<T> batch, Decision decision) {
        decision.complete(batch.items(), null);
        counters.handled += batch.size();
        lane.buffer().release(batch.size());
    }

    /** Settles a batch that has succeeded outside a bisection, as one that was set aside does. */
    void handledOutsideBisection(Lane<T> lane, FrozenBatch<T> batch, Decision decision) {
        counters.batches++;
        counters.consecutiveFailures = 0;
        handled(lane, batch, decision);
    }

    /** Settles an attempt with a batch that was set aside, and returns what has failed of it. */
    FrozenBatch<T> asideFailed(Lane<T> lane, FrozenBatch<T> batch, RetryVerdict verdict, Decision decision) {
        batch.failed(verdict.cause());
        FrozenBatch<T> good = part(batch, verdict.handled());
        FrozenBatch<T> bad = batch.part(
                ids,
                IntStream.concat(Arrays.stream(verdict.failedIndexes()), Arrays.stream(verdict.deferred()))
                        .sorted()
                        .toArray());
        count(verdict);
        if (!verdict.isFailure()) {
            bad.undoAttempt();
        }
        if (good != null) {
            handled(lane, good, decision);
        }
        return bad;
    }

    /** Keeps a batch that was set aside before its handler was called. */
    void undoAside(Lane<T> lane, FrozenBatch<T> batch, long now) {
        batch.undoAttempt();
        defer(lane, batch, now);
    }

    /** Counts a batch as handed back after close has handed back everything else. */
    void handBackLate(Lane<T> lane, FrozenBatch<T> batch, Throwable failure, Decision decision) {
        counters.handedBack += batch.size();
        lane.buffer().release(batch.size());
        decision.complete(batch.items(), failure);
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
    void refused(Lane<T> lane, Throwable thrown, long now) {
        lane.retries().putBack(now + delays.nanos(1), Causes.unwrapped(thrown) instanceof BatcherFullException);
    }

    /** Settles a letter that is not offered again: the dead-letter callback has thrown after close had handed back everything else. */
    void lost(Lane<T> lane, GivenUp<T> letter, Throwable failure, long now, Decision decision) {
        lane.retries().removeLetter(letter, now);
        handBackLate(lane, letter.batch(), failure, decision);
    }

    /** Delays everything in the lane, whose run has failed. */
    void delayAll(Lane<T> lane, long now) {
        lane.retries().delayAll(firstDelayEnd(now));
    }

    /** Returns when the delay after a first failure ends. */
    long firstDelayEnd(long now) {
        return now + delays.nanos(1);
    }

    /**
     * Takes out everything that was accepted and is not settled, except a letter that the callback has now; in order, although parts of
     * one batch may alternate with parts of another.
     */
    List<FrozenBatch<T>> handBack(Lane<T> lane) {
        // Allocation comes before any change: an error up to there leaves everything in place.
        ChunkSlice<T> waiting = lane.buffer().lookAtRest();
        List<FrozenBatch<T>> left = lane.retries().toHandBack();
        left.addAll(lane.neverReturning());
        FrozenBatch<T> inFlight = lane.inFlightOutsideBisection();
        if (inFlight != null) {
            left.add(inFlight);
        }
        if (waiting.size() > 0) {
            left.add(new FrozenBatch<>(ids.next(), waiting, FlushReason.CLOSE, waiting.batchEnds()));
        }
        left.sort((one, other) -> Long.compare(one.firstSequence(), other.firstSequence()));
        int items = left.stream().mapToInt(FrozenBatch::size).sum();

        lane.buffer().takeRest(waiting);
        counters.handedBack += items;
        lane.buffer().release(items);
        lane.retries().clear();
        return left;
    }
}
