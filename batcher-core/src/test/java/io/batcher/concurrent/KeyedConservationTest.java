/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Millions of items with random, hot and missing keys: one outcome each, order per key, never two calls with one key. */
class KeyedConservationTest {

    private static final int SEEDS = Boolean.getBoolean("batcher.soak") ? 500 : 40;
    private static final int ITEMS_EACH = 4_000;

    /** With {@code -Dbatcher.seed=n} runs one seed only. */
    @Test
    void everyItemHasOneOutcomeAndKeysKeepTheirOrder() throws Exception {
        QuietLog.install();
        Long only = Long.getLong("batcher.seed");
        int mostCalls = 0;
        for (long seed = only == null ? 0 : only; seed < (only == null ? SEEDS : only + 1); seed++) {
            KeyedRun run = new KeyedRun(seed, ITEMS_EACH);
            try {
                mostCalls = Math.max(mostCalls, run.run());
            } catch (Throwable failure) {
                throw new AssertionError("again with -Dbatcher.seed=" + seed + ": " + run + ": " + failure, failure);
            }
        }
        assertThat(mostCalls).as("calls at once").isGreaterThan(1);
    }
}
