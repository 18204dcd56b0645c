/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Random calls, failures, rests, flushes and switches on virtual time, with random, hot and missing keys. */
class KeyedChaosTest {

    private static final int SEEDS = Boolean.getBoolean("batcher.soak") ? 2_000 : 200;
    private static final int ITEMS = 2_000;

    @BeforeAll
    static void quiet() {
        QuietLog.install();
    }

    /** With {@code -Dbatcher.seed=n} runs one seed only. */
    @Test
    void everyItemHasOneOutcomeAndKeysKeepTheirOrder() {
        Long only = Long.getLong("batcher.seed");
        for (long seed = only == null ? 0 : only; seed < (only == null ? SEEDS : only + 1); seed++) {
            try {
                new KeyedChaosRun(seed, ITEMS).run();
            } catch (Throwable failure) {
                throw new AssertionError("again with -Dbatcher.seed=" + seed, failure);
            }
        }
    }

    @Test
    void aSeedReproducesARun() {
        for (long seed = 0; seed < 10; seed++) {
            assertThat(new KeyedChaosRun(seed, ITEMS).run()).isEqualTo(new KeyedChaosRun(seed, ITEMS).run());
        }
    }
}
