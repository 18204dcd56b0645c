/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.concurrent;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** One step of a random test: an operation and its amount. */
record Action(Kind kind, int amount) {

    enum Kind {
        ADD,
        ADD_MANY,
        OFFER,
        SUBMIT,
        FLUSH,
        DRAIN,
        PAUSE,
        RESUME,
        START_AUTO_FLUSH,
        STOP_AUTO_FLUSH,
        /** Advances the time by this many steps of 10 ms. */
        ADVANCE,
        /** The next attempt without a script fails. */
        FAIL,
        /** The next attempt without a script fails for the items whose bits are set. */
        FAIL_PARTLY,
        /** The next attempt without a script succeeds. */
        SUCCEED,
        CLOSE
    }

    private static final List<Kind> OFTEN =
            List.of(Kind.ADD, Kind.ADD, Kind.SUBMIT, Kind.ADVANCE, Kind.FAIL, Kind.FLUSH);

    static List<Action> random(SplittableRandom random, int most) {
        List<Action> actions = new ArrayList<>();
        int count = 1 + random.nextInt(most);
        for (int i = 0; i < count; i++) {
            Kind kind = random.nextBoolean()
                    ? OFTEN.get(random.nextInt(OFTEN.size()))
                    : Kind.values()[random.nextInt(Kind.values().length)];
            if (kind != Kind.CLOSE || random.nextInt(4) == 0) {
                actions.add(new Action(kind, 1 + random.nextInt(15)));
            }
        }
        return actions;
    }

    /** Returns source code, so that a failing list can be kept as a test. */
    @Override
    public String toString() {
        return "new Action(" + kind + ", " + amount + ")";
    }
}
