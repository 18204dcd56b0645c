/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Handlers that throw, hang, fail in part or interrupt their thread, stages that never end, callbacks that throw, and random calls in
 * between, on virtual time: every item has exactly one outcome, and the statistics count each of them.
 */
class ChaosTest {

    private static final int SEEDS = Boolean.getBoolean("batcher.soak") ? 1_000 : 64;
    private static final int ITEMS = 10_000;

    @BeforeAll
    static void quiet() {
        QuietLog.install();
    }

    /** With {@code -Dbatcher.seed=n} runs one seed only. */
    @Test
    void everyItemHasOneOutcome() {
        Long only = Long.getLong("batcher.seed");
        for (long seed = only == null ? 0 : only; seed < (only == null ? SEEDS : only + 1); seed++) {
            Plan plan = Plan.of(seed);
            try {
                new ChaosRun(plan, ITEMS).run();
            } catch (Throwable failure) {
                throw new AssertionError("again with -Dbatcher.seed=" + seed + ": " + plan, failure);
            }
        }
    }

    @Test
    void aSeedReproducesARun() throws Exception {
        for (long seed = 0; seed < 10; seed++) {
            assertThat(new ChaosRun(Plan.of(seed), ITEMS).run()).isEqualTo(new ChaosRun(Plan.of(seed), ITEMS).run());
        }
    }
}
