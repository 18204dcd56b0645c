/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.concurrent;

import java.util.ArrayList;
import java.util.EnumSet;
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
        CLOSE,

        // Only with a store

        /** Advances the time by this many steps of 200 ms. */
        ADVANCE_FAR,
        /** The next attempt without a script kills the process before it has any effect. */
        DIE_BEFORE,
        /** The next attempt without a script kills the process after it has handled all items. */
        DIE_AFTER,
        /** Kills the process between two attempts; another one takes over. */
        KILL,
        /** Closes the batcher; another process takes over. */
        RESTART,
        /** Delivers all dead letters again. */
        REDRIVE,
        /** One of the next calls of the store fails and has no effect. */
        STORE_FAILS,
        /** One of the next calls of the store takes effect, and its answer is lost. */
        ANSWER_IS_LOST
    }

    private static final List<Kind> OFTEN =
            List.of(Kind.ADD, Kind.ADD, Kind.SUBMIT, Kind.ADVANCE, Kind.FAIL, Kind.FLUSH);

    private static final List<Kind> IN_MEMORY = List.copyOf(EnumSet.range(Kind.ADD, Kind.CLOSE));

    private static final List<Kind> OFTEN_WITH_STORE =
            List.of(Kind.ADD, Kind.ADD_MANY, Kind.SUBMIT, Kind.ADVANCE, Kind.ADVANCE_FAR, Kind.FAIL, Kind.FLUSH);

    private static final List<Kind> WITH_STORE = List.copyOf(EnumSet.complementOf(EnumSet.of(Kind.CLOSE)));

    static List<Action> random(SplittableRandom random, int most) {
        return random(random, most, OFTEN, IN_MEMORY);
    }

    /** Returns actions on a batcher with a store, including kills of the process and failures of the store. */
    static List<Action> randomWithStore(SplittableRandom random, int most) {
        return random(random, most, OFTEN_WITH_STORE, WITH_STORE);
    }

    private static List<Action> random(SplittableRandom random, int most, List<Kind> often, List<Kind> all) {
        List<Action> actions = new ArrayList<>();
        int count = 1 + random.nextInt(most);
        for (int i = 0; i < count; i++) {
            Kind kind = random.nextBoolean()
                    ? often.get(random.nextInt(often.size()))
                    : all.get(random.nextInt(all.size()));
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
