/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.concurrent;

import io.batcher.Batcher;
import io.batcher.BatcherState;
import io.batcher.CloseResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Closes a batcher in a small heap; run by {@link SmallHeapTest}. Prints one line that begins with "OK", or what is wrong.
 */
final class CloseInSmallHeap {

    private static final Duration TIMEOUT = Duration.ofMillis(500);
    private static final int PIECE = 16 << 10;

    private CloseInSmallHeap() {}

    /** Arguments: the number of items, "add" or "submit", and "roomy" or "full"; with "full" the heap is full when the batcher closes. */
    public static void main(String[] arguments) {
        QuietLog.install();
        int count = Integer.parseInt(arguments[0]);
        boolean submits = arguments[1].equals("submit");
        boolean full = arguments[2].equals("full");
        Integer[] items = new Integer[256]; // the same items again and again, so that the batcher takes the memory
        for (int i = 0; i < items.length; i++) {
            items[i] = i;
        }
        AtomicInteger failed = new AtomicInteger();
        Batcher<Integer> batcher = Batcher.<Integer>builder("small")
                .handler(batch -> {
                    throw new IllegalStateException("never");
                })
                .onError(failure -> {})
                .capacity(count)
                .build();
        batcher.pause();
        CompletableFuture<Void> last = new CompletableFuture<>();
        for (int i = 0; i < count; i++) {
            if (submits) {
                last = batcher.submit(items[i % items.length]);
                last.whenComplete((done, failure) -> failed.incrementAndGet());
            } else {
                batcher.add(items[i % items.length]);
            }
        }
        int refused = 0;
        CloseResult<Integer> result = null;
        List<byte[]> ballast = full ? fill() : new ArrayList<>();
        while (result == null && refused < 1_000) {
            try {
                result = batcher.close(TIMEOUT);
            } catch (OutOfMemoryError tooSmall) {
                refused++;
                ballast.subList(ballast.size() / 2, ballast.size()).clear();
            }
        }
        ballast.clear();
        System.out.println(
                verdict(batcher, result, items, count, full == (refused > 0), submits ? failed.get() : count));
    }

    private static String verdict(
            Batcher<Integer> batcher,
            CloseResult<Integer> result,
            Integer[] items,
            int count,
            boolean asExpected,
            int failed) {
        if (result == null || result.undelivered().size() != count) {
            return "handed back "
                    + (result == null ? "nothing" : result.undelivered().size());
        }
        for (int i = 0; i < count; i++) {
            if (result.undelivered().get(i) != items[i % items.length]) {
                return "item " + i + " is not in its place";
            }
        }
        if (batcher.stats().state() != BatcherState.CLOSED || batcher.stats().handedBack() != count) {
            return batcher.toString();
        }
        if (failed != count) {
            return failed + " futures have failed";
        }
        return asExpected ? "OK" : "the heap was not as small as it should be";
    }

    /** Allocates all memory but the little that the small steps of close need. */
    private static List<byte[]> fill() {
        List<byte[]> ballast = new ArrayList<>(1 << 16);
        try {
            while (true) {
                ballast.add(new byte[PIECE]);
            }
        } catch (OutOfMemoryError full) {
            ballast.subList(Math.max(0, ballast.size() - 16), ballast.size()).clear();
            return ballast;
        }
    }
}
