/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Random lists of actions on a batcher whose store fails and whose process is killed at random: it does only what a model on plain lists
 * allows, and everything that the model calls due.
 */
class StoredModelTest {

    private static final int CASES =
            Integer.getInteger("batcher.cases", Boolean.getBoolean("batcher.soak") ? 20_000 : 500);
    private static final int MOST_ACTIONS = 64;

    @BeforeAll
    static void quiet() {
        QuietLog.install();
    }

    /** With {@code -Dbatcher.seed=n} runs one case only. */
    @Test
    void behavesAsTheModel() {
        StoredModelRun.Figures figures = new StoredModelRun.Figures();
        Long only = Long.getLong("batcher.seed");
        for (long seed = only == null ? 0 : only; seed < (only == null ? CASES : only + 1); seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            StoredModel.Options options = options(random);
            List<Action> actions = Action.randomWithStore(random, MOST_ACTIONS);
            StoredModelRun run = new StoredModelRun(options);
            String breach = run.run(actions);
            if (breach != null) {
                List<Action> fewer = Shrinking.shrunk(actions, list -> new StoredModelRun(options).run(list) != null);
                fail("seed " + seed + ": " + breach + "\nshorter: " + new StoredModelRun(options).run(fewer) + "\n"
                        + options + "\n" + fewer);
            }
            figures.add(run);
        }
        System.out.println(figures);
        if (only == null) {
            assertThat(figures.storeFailures).as("failures of the store").isGreaterThan(CASES / 3);
            assertThat(figures.kills).as("ends of processes").isGreaterThan(CASES / 2);
            assertThat(figures.interrupted).as("interrupted attempts").isPositive();
            assertThat(figures.deliveredAgain)
                    .as("calls with items handled before")
                    .isPositive();
        }
    }

    /** Checks the comparison itself: it reports a batcher with other options. */
    @Test
    void aDifferenceIsFound() {
        StoredModel.Options options = new StoredModel.Options(2, 5, 2, false, StoredModel.unlimited(), false, false);
        StoredModel.Options others = new StoredModel.Options(2, 5, 3, false, StoredModel.unlimited(), false, false);
        List<Action> actions = Action.randomWithStore(new SplittableRandom(1), MOST_ACTIONS);
        assertThat(new StoredModelRun(options).run(actions)).isNull();
        assertThat(new StoredModelRun(options, others).run(actions)).isNotNull();
    }

    private static StoredModel.Options options(SplittableRandom random) {
        int capacity = 1 + random.nextInt(12);
        return new StoredModel.Options(
                1 + random.nextInt(3),
                capacity,
                1 + random.nextInt(Math.min(capacity, 5)),
                random.nextInt(4) == 0,
                random.nextBoolean() ? StoredModel.unlimited() : 1 + random.nextInt(3),
                random.nextBoolean(),
                random.nextBoolean());
    }
}
