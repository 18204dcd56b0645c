/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.concurrent;

import org.junit.jupiter.api.Test;

/**
 * Producers, an operator, an unreliable handler and a closer race: every item has exactly one outcome, and the statistics count each
 * of them.
 */
class ConservationTest {

    private static final int ITEMS_EACH = 8_000;
    private static final long ITEMS = Boolean.getBoolean("batcher.soak") ? 10_000_000 : 1_000_000;
    private static final int LEAST_SEEDS = 32;

    /** With {@code -Dbatcher.seed=n} runs one seed only. */
    @Test
    void everyItemHasOneOutcome() throws Exception {
        QuietLog.install();
        Long only = Long.getLong("batcher.seed");
        if (only != null) {
            run(only);
            return;
        }
        long items = 0;
        for (long seed = 0; seed < LEAST_SEEDS || items < ITEMS; seed++) {
            items += run(seed);
        }
    }

    private static int run(long seed) {
        Plan plan = Plan.of(seed);
        try {
            return new ConservationRun(plan, ITEMS_EACH).run();
        } catch (Throwable failure) {
            throw new AssertionError("again with -Dbatcher.seed=" + seed + ": " + plan + ": " + failure, failure);
        }
    }
}
