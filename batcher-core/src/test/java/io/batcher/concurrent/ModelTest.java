/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.concurrent;

import static io.batcher.concurrent.Action.Kind.ADD;
import static io.batcher.concurrent.Action.Kind.FAIL_PARTLY;
import static io.batcher.concurrent.Action.Kind.FLUSH;
import static io.batcher.concurrent.Action.Kind.PAUSE;
import static io.batcher.concurrent.Action.Kind.RESUME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import io.batcher.Overflow;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random lists of actions: a batcher does only what a model on plain lists allows, and everything that the model calls due. */
class ModelTest {

    private static final int CASES =
            Integer.getInteger("batcher.cases", Boolean.getBoolean("batcher.soak") ? 100_000 : 1_000);
    private static final int MOST_ACTIONS = 64;

    @BeforeAll
    static void quiet() {
        QuietLog.install();
    }

    /** With {@code -Dbatcher.seed=n} runs one case only. */
    @ParameterizedTest
    @EnumSource
    void behavesAsTheModel(ModelRun.OneLane lane) {
        Long only = Long.getLong("batcher.seed");
        for (long seed = only == null ? 0 : only; seed < (only == null ? CASES : only + 1); seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Model.Options options = options(random);
            List<Action> actions = Action.random(random, MOST_ACTIONS);
            if (new ModelRun(options, lane).run(actions) != null) {
                List<Action> fewer = Shrinking.shrunk(actions, list -> new ModelRun(options, lane).run(list) != null);
                fail("seed " + seed + ": " + new ModelRun(options, lane).run(fewer) + "\n" + options + "\n" + fewer);
            }
        }
    }

    /** A list that failed once: the flush covers one of two items of a batch, and the other item fails. */
    @Test
    void aFlushSucceedsWhenOnlyALaterItemOfItsBatchFails() {
        Model.Options options = new Model.Options(7, 3, false, Overflow.DROP_OLDEST, 1, false);
        List<Action> actions = List.of(
                new Action(PAUSE, 1),
                new Action(ADD, 1),
                new Action(FAIL_PARTLY, 2),
                new Action(FLUSH, 1),
                new Action(ADD, 1),
                new Action(RESUME, 1));
        assertThat(new ModelRun(options).run(actions)).isNull();
    }

    /** Checks the comparison itself: it reports a batcher that behaves differently. */
    @Test
    void aDifferenceIsFoundAndShrunk() {
        Model.Options options = new Model.Options(5, 2, false, Overflow.REJECT, Model.unlimited(), false);
        Model.Options others = new Model.Options(5, 3, false, Overflow.REJECT, Model.unlimited(), false);
        List<Action> actions = Action.random(new SplittableRandom(1), MOST_ACTIONS);
        assertThat(new ModelRun(options).run(actions)).isNull();
        assertThat(new ModelRun(options, others, ModelRun.OneLane.NO_KEY).run(actions))
                .isNotNull();
    }

    private static Model.Options options(SplittableRandom random) {
        int capacity = 1 + random.nextInt(12);
        return new Model.Options(
                capacity,
                1 + random.nextInt(Math.min(capacity, 5)),
                random.nextInt(4) == 0,
                Overflow.values()[random.nextInt(4)],
                random.nextBoolean() ? Model.unlimited() : 1 + random.nextInt(3),
                random.nextBoolean());
    }
}
