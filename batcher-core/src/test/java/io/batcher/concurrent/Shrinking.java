/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.concurrent;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Makes a failing list of actions short, so that the failure can be understood and kept as a test. */
final class Shrinking {

    private Shrinking() {}

    /** Removes actions that the failure does not need, in ever smaller pieces. */
    static List<Action> shrunk(List<Action> failing, Predicate<List<Action>> fails) {
        List<Action> shortest = failing;
        for (int piece = failing.size() / 2; piece > 0; piece /= 2) {
            for (int from = 0; from + piece <= shortest.size(); ) {
                List<Action> without = new ArrayList<>(shortest);
                without.subList(from, from + piece).clear();
                if (fails.test(without)) {
                    shortest = without;
                } else {
                    from++;
                }
            }
        }
        return shortest;
    }
}
