/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import io.batcher.BatcherConfig;
import io.batcher.FlushReason;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the end of an attempt does to the items: they are handled and leave memory, are kept for a retry, or are given up. Guarded by
 * the batcher's lock.
 */
final class Settlement<T> {

    private final BatcherConfig<T> config;
    private final Intake<T> intake;
    private final BatchIds ids;
    private final RetryDelay delays;
    private final RetryQueue<T> retries = new RetryQueue<>();
    private final Totals totals = new Totals();

    Settlement(BatcherConfig<T> config, Intake<T> intake, BatchIds ids) {
        this.config = config;
        this.intake = intake;
        this.ids = ids;
        this.delays = new RetryDelay(config);
    }

    RetryQueue<T> retries() {
        return retries;
    }

    Totals totals() {
        return totals;
    }

    void succeeded(Delivery<T> delivery, boolean mayProbe, long now, Decision decision) {
        totals.batches++;
        totals.consecutiveFailures = 0;
        handled(delivery, decision);
        IsolationPass<T> pass = retries.pass();
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
    void failed(Delivery<T> delivery, Verdict verdict, boolean mayProbe, long now, Decision decision) {
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
            goOnWith(pass, delivery, mayProbe, now);
        } else if (config.retry().isolatePoison() && verdict.givesUpSome() && good.length == 0) {
            isolate(delivery, verdict, mayProbe, now);
        } else {
            giveUpOrKeep(delivery, verdict, now);
        }
    }

    private void isolate(Delivery<T> delivery, Verdict verdict, boolean mayProbe, long now) {
        delivery.exhaust();
        IsolationPass<T> pass = new IsolationPass<>(delivery, verdict.cause(), ids);
        retries.begin(pass);
        retries.attemptNotBefore(now);
        goOnWith(pass, delivery, mayProbe, now);
    }

    private void giveUpOrKeep(Delivery<T> delivery, Verdict verdict, long now) {
        for (Verdict.Failed part : verdict.failed()) {
            if (part.givenUp()) {
                retries.addLetter(new Letter<>(delivery.part(ids, part.indexes()), part.cause()), now);
            }
        }
        int[] kept = verdict.kept();
        if (kept.length > 0) {
            keep(delivery.part(ids, kept), now);
        }
    }

    /** Keeps a batch for another attempt, after the delay. */
    void keep(Delivery<T> delivery, long now) {
        retries.keep(delivery);
        retries.attemptNotBefore(now + delayAfter(delivery));
    }

    private long delayAfter(Delivery<T> failed) {
        return delays.nanos(failed.counted());
    }

    /** Ends the pass where it is over: the bad items are given up, or all is kept because nothing succeeded. */
    private void goOnWith(IsolationPass<T> pass, Delivery<T> tried, boolean mayProbe, long now) {
        if (mayProbe && pass.needsProbe() && intake.waiting() > 0) {
            pass.probe(new Delivery<>(ids.next(), intake.takeBatch(1), FlushReason.EAGER));
        }
        if (pass.isFutile()) {
            retries.endPass(pass.unsettled());
            retries.attemptNotBefore(now + delayAfter(tried));
        } else if (pass.isDone()) {
            pass.suspects().forEach(suspect -> retries.addLetter(new Letter<>(suspect.part(), suspect.cause()), now));
            retries.endPass(List.of());
        }
    }

    private void handled(Delivery<T> delivery, Decision decision) {
        totals.handled += delivery.size();
        intake.release(delivery.size());
        decision.complete(delivery.items(), null);
    }

    /** The dead-letter callback has taken the items of the first letter. */
    void gaveUp(Letter<T> letter, Decision decision) {
        retries.removeLetter();
        totals.deadLettered += letter.delivery().size();
        intake.release(letter.delivery().size());
        decision.complete(letter.delivery().items(), letter.cause());
    }

    /** What comes next is not done before the delay is over: the dead-letter callback has thrown, or the loop itself. */
    void delayRetry(long now) {
        long later = now + delays.nanos(1);
        if (retries.letter() == null) {
            retries.attemptNotBefore(later);
        } else {
            retries.letterNotBefore(later);
        }
    }

    /**
     * Takes everything that was accepted and is not settled out for good; in order, save that parts of one batch may lie between each
     * other.
     */
    List<Delivery<T>> handBack(@Nullable Delivery<T> inFlight) {
        List<Delivery<T>> left = new ArrayList<>(retries.unsettled());
        if (inFlight != null && retries.pass() == null) {
            left.add(inFlight); // else it is a part of the pass
        }
        while (intake.waiting() > 0) {
            left.add(new Delivery<>(ids.next(), intake.takeBatch(Integer.MAX_VALUE), FlushReason.CLOSE));
        }
        left.sort((one, other) -> Long.compare(one.firstSequence(), other.firstSequence()));
        int items = left.stream().mapToInt(Delivery::size).sum();
        totals.handedBack += items;
        intake.release(items);
        retries.clear();
        return left;
    }
}
