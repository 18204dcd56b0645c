/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

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
final class IsolationPass<T> {

    /** What failed alone, or was named by the handler. */
    record Suspect<T>(Delivery<T> part, Throwable cause) {}

    private final List<Delivery<T>> origin;
    private final ArrayDeque<Delivery<T>> toTry = new ArrayDeque<>();
    private final List<Suspect<T>> suspects = new ArrayList<>();
    private final BatchIds ids;
    private int callsWithoutSuccess;
    private boolean succeeded;

    /** Begins again, with what an earlier pass left as it was. */
    IsolationPass(List<Delivery<T>> origin, BatchIds ids) {
        this.origin = new ArrayList<>(origin);
        this.ids = ids;
        if (origin.size() == 1 && origin.get(0).size() > 1) {
            halve(origin.get(0));
        } else {
            toTry.addAll(origin);
        }
    }

    /** Begins with a batch that failed just now. */
    IsolationPass(Delivery<T> failed, Throwable cause, BatchIds ids) {
        this.origin = new ArrayList<>(List.of(failed));
        this.ids = ids;
        if (failed.size() > 1) {
            halve(failed);
        } else {
            suspects.add(new Suspect<>(failed, cause));
        }
    }

    /** The part to try now; null if every part was tried. */
    @Nullable Delivery<T> next() {
        return toTry.peekFirst();
    }

    /** The part tried last was handled. */
    void handled() {
        toTry.removeFirst();
        succeeded = true;
    }

    /** The part tried last failed, wholly or for the items named. */
    void failed(Verdict verdict) {
        Delivery<T> part = toTry.removeFirst();
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
                    .forEach(failed -> suspects.add(new Suspect<>(part.part(ids, failed.indexes()), failed.cause())));
        }
    }

    /** Adds the item behind a lone suspect, to tell a bad item from a bad handler. */
    void probe(Delivery<T> next) {
        origin.add(next);
        toTry.addLast(next);
    }

    /** Whether one suspect stands alone, with nothing tried beside it. */
    boolean needsProbe() {
        return !succeeded
                && toTry.isEmpty()
                && origin.size() == 1
                && origin.get(0).size() == 1;
    }

    /** Whether the pass has seen so many failures and no success that the items are not to blame. */
    boolean isFutile() {
        return !succeeded && (toTry.isEmpty() || callsWithoutSuccess >= mostCallsWithoutSuccess());
    }

    boolean isDone() {
        return toTry.isEmpty();
    }

    List<Suspect<T>> suspects() {
        return suspects;
    }

    /** What is not settled: the batches from before the pass where nothing succeeded, else what is left of them. */
    List<Delivery<T>> unsettled() {
        if (!succeeded) {
            return origin;
        }
        List<Delivery<T>> left = new ArrayList<>(toTry);
        suspects.forEach(suspect -> left.add(suspect.part()));
        return left;
    }

    private int mostCallsWithoutSuccess() {
        int items = origin.stream().mapToInt(Delivery::size).sum();
        return Integer.SIZE - Integer.numberOfLeadingZeros(items - 1) + 2; // ceil(log2 n) + 2
    }

    private void halve(Delivery<T> part) {
        int middle = part.size() / 2;
        toTry.addFirst(part.part(ids, IntStream.range(middle, part.size()).toArray()));
        toTry.addFirst(part.part(ids, IntStream.range(0, middle).toArray()));
    }
}
