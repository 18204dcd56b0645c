/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import io.batcher.BatcherConfig;
import io.batcher.BatcherFullException;
import io.batcher.FlushReason;
import io.batcher.internal.buffer.ChunkSlice;
import io.batcher.internal.buffer.ItemBuffer;
import io.batcher.internal.delivery.BatchIds;
import io.batcher.internal.delivery.Bisection;
import io.batcher.internal.delivery.Causes;
import io.batcher.internal.delivery.FrozenBatch;
import io.batcher.internal.delivery.GivenUp;
import io.batcher.internal.delivery.RetryDelay;
import io.batcher.internal.delivery.RetryQueue;
import io.batcher.internal.delivery.RetryVerdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the end of an attempt does to the items: they are handled and leave memory, are kept for a retry, or are given up. Guarded by
 * the batcher's lock.
 */
final class Settlement<T> {

    private final BatcherConfig<T> config;
    private final ItemBuffer<T> intake;
    private final BatchIds ids;
    private final RetryDelay delays;
    private final RetryQueue<T> retries = new RetryQueue<>();
    private final Counters totals = new Counters();

    Settlement(BatcherConfig<T> config, ItemBuffer<T> intake, BatchIds ids) {
        this.config = config;
        this.intake = intake;
        this.ids = ids;
        this.delays = new RetryDelay(config);
    }

    RetryQueue<T> retries() {
        return retries;
    }

    Counters totals() {
        return totals;
    }

    void succeeded(FrozenBatch<T> delivery, boolean mayProbe, long now, Decision decision) {
        totals.batches++;
        totals.consecutiveFailures = 0;
        handled(delivery, decision);
        Bisection<T> pass = retries.pass();
        if (pass != null) {
            pass.handled();
            goOnWith(pass, delivery, mayProbe, now);
        }
    }

    /**
     * Settles a failed attempt.
     *
     * @param mayProbe whether an item that waits may be taken to tell a bad item from a bad handler
     */
    void failed(FrozenBatch<T> delivery, RetryVerdict verdict, boolean mayProbe, long now, Decision decision) {
        // What takes memory comes before what counts: an error up to there leaves the batch in flight.
        delivery.failed(verdict.cause());
        FrozenBatch<T> good = part(delivery, verdict.handled());
        Bisection<T> running = retries.pass();
        Bisection<T> begun = running == null && isolates(verdict) ? isolation(delivery, verdict) : null;
        boolean alone = running == null && begun == null;
        List<GivenUp<T>> givenUp = alone ? givenUp(delivery, verdict) : List.of();
        FrozenBatch<T> kept = alone ? part(delivery, verdict.kept()) : null;

        totals.batches++;
        totals.failedAttempts++;
        totals.consecutiveFailures++;
        if (good != null) {
            handled(good, decision);
        }
        if (running != null) {
            running.failed(verdict);
            goOnWith(running, delivery, mayProbe, now);
        } else if (begun != null) {
            retries.begin(begun, delivery.isEarly(), now);
            goOnWith(begun, delivery, mayProbe, now);
        }
        givenUp.forEach(letter -> retries.addLetter(letter, now));
        if (kept != null) {
            keep(kept, now);
        }
    }

    private boolean isolates(RetryVerdict verdict) {
        return config.retry().isolatePoison() && verdict.givesUpSome() && verdict.handled().length == 0;
    }

    private Bisection<T> isolation(FrozenBatch<T> delivery, RetryVerdict verdict) {
        delivery.exhaust();
        return new Bisection<>(delivery, verdict.cause(), ids);
    }

    private @Nullable FrozenBatch<T> part(FrozenBatch<T> delivery, int[] indexes) {
        return indexes.length == 0 ? null : delivery.part(ids, indexes);
    }

    private List<GivenUp<T>> givenUp(FrozenBatch<T> delivery, RetryVerdict verdict) {
        List<GivenUp<T>> letters = new ArrayList<>();
        for (RetryVerdict.Failed part : verdict.failed()) {
            if (part.givenUp()) {
                letters.add(new GivenUp<>(delivery.part(ids, part.indexes()), part.cause()));
            }
        }
        return letters;
    }

    /** Keeps a batch for another attempt. */
    void keep(FrozenBatch<T> delivery, long now) {
        retries.keep(delivery);
        delayAfter(delivery, now);
    }

    /** The next attempt waits for the delay; after one that was made early it is due when it was. */
    private void delayAfter(FrozenBatch<T> failed, long now) {
        if (!failed.isEarly()) {
            retries.attemptNotBefore(now + delays.nanos(failed.countedAttempts()));
        }
    }

    /** Ends the pass where it is over: the bad items are given up, or all is kept because nothing succeeded. */
    private void goOnWith(Bisection<T> pass, FrozenBatch<T> tried, boolean mayProbe, long now) {
        if (mayProbe && pass.needsProbe() && intake.waiting() > 0) {
            pass.probe(new FrozenBatch<>(ids.next(), intake.takeBatch(1), FlushReason.EAGER));
        }
        if (pass.isFutile()) {
            retries.endPass(pass.unsettled());
            delayAfter(tried, now);
        } else if (pass.isDone()) {
            pass.suspects().forEach(suspect -> retries.addLetter(suspect, now));
            retries.endPass(List.of());
        }
    }

    private void handled(FrozenBatch<T> delivery, Decision decision) {
        decision.complete(delivery.items(), null);
        totals.handled += delivery.size();
        intake.release(delivery.size());
    }

    /** Settles a batch that was set aside and has succeeded. */
    void asideSucceeded(FrozenBatch<T> delivery, Decision decision) {
        totals.batches++;
        totals.consecutiveFailures = 0;
        handled(delivery, decision);
    }

    /** Settles an attempt with a batch that was set aside, and returns what has failed of it. */
    FrozenBatch<T> asideFailed(FrozenBatch<T> delivery, RetryVerdict verdict, Decision decision) {
        delivery.failed(verdict.cause());
        FrozenBatch<T> good = part(delivery, verdict.handled());
        FrozenBatch<T> bad = delivery.part(
                ids,
                verdict.failed().stream()
                        .flatMapToInt(part -> Arrays.stream(part.indexes()))
                        .sorted()
                        .toArray());
        totals.batches++;
        totals.failedAttempts++;
        totals.consecutiveFailures++;
        if (good != null) {
            handled(good, decision);
        }
        return bad;
    }

    /** Hands back a batch that was set aside, after close has ended. */
    void handBackAside(FrozenBatch<T> delivery, Throwable failure, Decision decision) {
        totals.handedBack += delivery.size();
        intake.release(delivery.size());
        decision.complete(delivery.items(), failure);
    }

    /** The dead-letter callback has taken the items of a letter. */
    void gaveUp(GivenUp<T> letter, long now, Decision decision) {
        int items = letter.batch().size();
        retries.removeLetter(letter, now);
        totals.deadLettered += items;
        intake.release(items);
        decision.complete(letter.batch().items(), letter.cause());
    }

    /**
     * The dead-letter callback has thrown. Where it did so because a buffer is full, which may be this one, what is behind the letter
     * goes on, because that makes room.
     */
    void refused(Throwable thrown, long now) {
        retries.putBack(now + delays.nanos(1), Causes.unwrapped(thrown) instanceof BatcherFullException);
    }

    /** The dead-letter callback has thrown after close has handed back everything else: there is no further offer. */
    void lost(GivenUp<T> letter, Throwable failure, long now, Decision decision) {
        int items = letter.batch().size();
        retries.removeLetter(letter, now);
        totals.handedBack += items;
        intake.release(items);
        decision.complete(letter.batch().items(), failure);
    }

    /** The loop has died: nothing is done before the delay is over. */
    void delayAll(long now) {
        retries.delayAll(delayed(now));
    }

    /** When the delay of a first failure is over. */
    long delayed(long now) {
        return now + delays.nanos(1);
    }

    /**
     * Takes everything that was accepted and is not settled out for good, except a letter that the callback has now; in order, save
     * that parts of one batch may lie between each other.
     */
    List<FrozenBatch<T>> handBack(@Nullable FrozenBatch<T> inFlight, List<FrozenBatch<T>> neverReturning) {
        // What takes memory comes before what counts: an error up to there leaves everything where it is.
        ChunkSlice<T> waiting = intake.lookAtRest();
        List<FrozenBatch<T>> left = retries.toHandBack();
        left.addAll(neverReturning);
        if (inFlight != null && retries.pass() == null) {
            left.add(inFlight); // else it is a part of the pass
        }
        if (waiting.size() > 0) {
            left.add(new FrozenBatch<>(ids.next(), waiting, FlushReason.CLOSE, waiting.batchEnds()));
        }
        left.sort((one, other) -> Long.compare(one.firstSequence(), other.firstSequence()));
        int items = left.stream().mapToInt(FrozenBatch::size).sum();

        intake.takeRest(waiting);
        totals.handedBack += items;
        intake.release(items);
        retries.clear();
        return left;
    }
}
