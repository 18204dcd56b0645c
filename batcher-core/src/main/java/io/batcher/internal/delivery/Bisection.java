/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.delivery;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One pass that bisects a batch that would be given up, to isolate the bad items. Guarded by the batcher's lock.
 *
 * <ul>
 *   <li>Parts are tried in order. A part that fails is halved; a single item that fails is a suspect.
 *   <li>Suspects are given up at the end of the pass if another part succeeded. If none did, the items are not to blame: all batches are
 *       kept as they were, and the pass is repeated after the retry delay.
 *   <li>A pass without a success ends after {@code ceil(log2 n) + 2} calls, so that an outage does not cost a call per item.
 * </ul>
 */
public final class Bisection<T> {

    private final List<FrozenBatch<T>> origin;
    private final ArrayDeque<FrozenBatch<T>> toTry = new ArrayDeque<>();
    private final List<GivenUp<T>> suspects = new ArrayList<>();
    private final BatchIds ids;
    private int callsWithoutSuccess;
    private boolean succeeded;

    /** Begins a pass with the batches that an earlier pass has kept. */
    public Bisection(List<FrozenBatch<T>> origin, BatchIds ids) {
        this.origin = new ArrayList<>(origin);
        this.ids = ids;
        if (origin.size() == 1 && origin.get(0).size() > 1) {
            halve(origin.get(0));
        } else {
            toTry.addAll(origin);
        }
    }

    /** Begins a pass with a batch that has just failed, and of which nothing was handled. */
    public Bisection(FrozenBatch<T> failed, RetryVerdict verdict, BatchIds ids) {
        this.origin = new ArrayList<>();
        this.ids = ids;
        for (RetryVerdict.Again again : verdict.failedAndDeferred()) {
            FrozenBatch<T> part = again.of(failed, ids);
            if (!again.deferred()) {
                part.exhaust();
            }
            origin.add(part);
        }
        tryAgain(failed, verdict);
    }

    /** Returns the next part to try; null if every part was tried. */
    public @Nullable FrozenBatch<T> next() {
        return toTry.peekFirst();
    }

    /** Records that the part tried last was handled. */
    public void handled() {
        toTry.removeFirst();
        succeeded = true;
    }

    /** Records that the part tried last failed, for all or some of its items. */
    public void failed(RetryVerdict verdict) {
        FrozenBatch<T> part = toTry.removeFirst();
        if (verdict.handled().length > 0) {
            succeeded = true;
        } else if (verdict.isFailure()) {
            callsWithoutSuccess++;
        }
        tryAgain(part, verdict);
    }

    /** Tries next, in order: the deferred items as if they had not been tried, and in smaller parts what has failed and is no suspect. */
    private void tryAgain(FrozenBatch<T> tried, RetryVerdict verdict) {
        int failed = verdict.failedIndexes().length;
        boolean areSuspects = failed == 1 || verdict.handled().length > 0;
        if (areSuspects) {
            verdict.failed().forEach(bad -> suspects.add(new GivenUp<>(tried.part(ids, bad.indexes()), bad.cause())));
        }
        List<RetryVerdict.Again> parts = verdict.failedAndDeferred();
        for (int i = parts.size() - 1; i >= 0; i--) {
            RetryVerdict.Again again = parts.get(i);
            if (again.deferred() || (!areSuspects && again.indexes().length < failed)) {
                toTry.addFirst(again.of(tried, ids));
            } else if (!areSuspects) {
                halve(tried.part(ids, again.indexes()));
            }
        }
    }

    /** Adds the item behind a single suspect, to tell a bad item from a failing handler. */
    public void probe(FrozenBatch<T> next) {
        origin.add(next);
        toTry.addLast(next);
    }

    /** Returns whether the batch is a single suspect with no other part to compare it with. */
    public boolean needsProbe() {
        return !succeeded
                && toTry.isEmpty()
                && origin.size() == 1
                && origin.get(0).size() == 1;
    }

    /** Returns whether the pass has seen so many failures without a success that the items are not to blame. */
    public boolean isFutile() {
        return !succeeded && (toTry.isEmpty() || callsWithoutSuccess >= mostCallsWithoutSuccess());
    }

    /** Returns whether every part was tried. */
    public boolean isDone() {
        return toTry.isEmpty();
    }

    /** Returns the items that failed alone, or that the handler named. */
    public List<GivenUp<T>> suspects() {
        return suspects;
    }

    /** Returns what is not settled: the original batches if nothing succeeded, otherwise their remaining parts. */
    public List<FrozenBatch<T>> unsettled() {
        if (!succeeded) {
            return origin;
        }
        List<FrozenBatch<T>> left = new ArrayList<>(toTry);
        suspects.forEach(suspect -> left.add(suspect.batch()));
        return left;
    }

    private int mostCallsWithoutSuccess() {
        int items = origin.stream().mapToInt(FrozenBatch::size).sum();
        return Integer.SIZE - Integer.numberOfLeadingZeros(items - 1) + 2; // ceil(log2 n) + 2
    }

    private void halve(FrozenBatch<T> part) {
        int middle = part.size() / 2;
        toTry.addFirst(part.part(ids, IntStream.range(middle, part.size()).toArray()));
        toTry.addFirst(part.part(ids, IntStream.range(0, middle).toArray()));
    }
}
