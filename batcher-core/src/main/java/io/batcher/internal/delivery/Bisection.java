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
 * One pass of halving a batch that would be given up, until the bad items stand alone. Guarded by the batcher's lock.
 *
 * <ul>
 *   <li>Parts are tried in order; one that fails is halved, and one item that fails alone is a suspect.
 *   <li>Suspects are given up at the end of the pass, but only if some other part succeeded: when nothing does, the fault is not
 *       with the items. Then all is as it was before the pass, and the pass is repeated after the retry delay.
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

    /** Begins again, with what an earlier pass left as it was. */
    public Bisection(List<FrozenBatch<T>> origin, BatchIds ids) {
        this.origin = new ArrayList<>(origin);
        this.ids = ids;
        if (origin.size() == 1 && origin.get(0).size() > 1) {
            halve(origin.get(0));
        } else {
            toTry.addAll(origin);
        }
    }

    /** Begins with a batch that failed just now. */
    public Bisection(FrozenBatch<T> failed, Throwable cause, BatchIds ids) {
        this.origin = new ArrayList<>(List.of(failed));
        this.ids = ids;
        if (failed.size() > 1) {
            halve(failed);
        } else {
            suspects.add(new GivenUp<>(failed, cause));
        }
    }

    /** The part to try now; null if every part was tried. */
    @Nullable FrozenBatch<T> next() {
        return toTry.peekFirst();
    }

    /** The part tried last was handled. */
    public void handled() {
        toTry.removeFirst();
        succeeded = true;
    }

    /** The part tried last failed, wholly or for the items named. */
    public void failed(RetryVerdict verdict) {
        FrozenBatch<T> part = toTry.removeFirst();
        boolean named = verdict.handled().length > 0;
        if (named) {
            succeeded = true;
        } else {
            callsWithoutSuccess++;
        }
        if (part.size() > 1 && !named) {
            halve(part);
        } else {
            verdict.failed()
                    .forEach(failed -> suspects.add(new GivenUp<>(part.part(ids, failed.indexes()), failed.cause())));
        }
    }

    /** Adds the item behind a lone suspect, to tell a bad item from a bad handler. */
    public void probe(FrozenBatch<T> next) {
        origin.add(next);
        toTry.addLast(next);
    }

    /** Whether one suspect stands alone, with nothing tried beside it. */
    public boolean needsProbe() {
        return !succeeded
                && toTry.isEmpty()
                && origin.size() == 1
                && origin.get(0).size() == 1;
    }

    /** Whether the pass has seen so many failures and no success that the items are not to blame. */
    public boolean isFutile() {
        return !succeeded && (toTry.isEmpty() || callsWithoutSuccess >= mostCallsWithoutSuccess());
    }

    public boolean isDone() {
        return toTry.isEmpty();
    }

    public List<GivenUp<T>> suspects() {
        return suspects;
    }

    /** What is not settled: the batches from before the pass where nothing succeeded, else what is left of them. */
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
