/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** Whatever is done to it, it looks as Micrometer's own context. */
class SortedKeyValuesContextTest {

    private static final int STEPS = 100;
    private static final List<String> KEYS = List.of("d", "a", "c", "b", "e");

    /** Methods of the parent that call those for a single key; {@link #looksTheSameAfterEachStep} would see if they did not. */
    private static final Set<String> DELEGATING =
            Set.of("removeLowCardinalityKeyValues", "removeHighCardinalityKeyValues");

    private final Observation.Context sorted = new SortedKeyValuesContext() {};
    private final Observation.Context micrometers = new Observation.Context();

    @RepeatedTest(50)
    void looksTheSameAfterEachStep(RepetitionInfo info) {
        Random random = new Random(info.getCurrentRepetition());
        for (int i = 0; i < STEPS; i++) {
            Consumer<Observation.Context> step = step(random);
            step.accept(sorted);
            step.accept(micrometers);
            assertThat(sorted.getLowCardinalityKeyValues()).isEqualTo(micrometers.getLowCardinalityKeyValues());
            assertThat(sorted.getHighCardinalityKeyValues()).isEqualTo(micrometers.getHighCardinalityKeyValues());
            assertThat(sorted.getAllKeyValues()).isEqualTo(micrometers.getAllKeyValues());
            assertThat(sorted).hasToString(micrometers.toString());
            for (String key : KEYS) {
                assertThat(sorted.getLowCardinalityKeyValue(key)).isEqualTo(micrometers.getLowCardinalityKeyValue(key));
                assertThat(sorted.getHighCardinalityKeyValue(key))
                        .isEqualTo(micrometers.getHighCardinalityKeyValue(key));
            }
        }
    }

    @Test
    void overridesAllThatTouchesKeyValues() {
        assertThat(Observation.Context.class.getMethods())
                .filteredOn(method -> method.getName().contains("CardinalityKeyValue"))
                .filteredOn(method -> !DELEGATING.contains(method.getName()))
                .allSatisfy(method -> assertThat(
                                SortedKeyValuesContext.class.getMethod(method.getName(), method.getParameterTypes()))
                        .returns(SortedKeyValuesContext.class, java.lang.reflect.Method::getDeclaringClass));
    }

    private static Consumer<Observation.Context> step(Random random) {
        KeyValue one = keyValue(random);
        KeyValues some = KeyValues.of(keyValue(random), keyValue(random), keyValue(random));
        String key = key(random);
        String[] keys = {key(random), key(random)};
        List<Consumer<Observation.Context>> steps = List.of(
                context -> context.addLowCardinalityKeyValue(one),
                context -> context.addHighCardinalityKeyValue(one),
                context -> context.addLowCardinalityKeyValues(some),
                context -> context.addHighCardinalityKeyValues(some),
                context -> context.addLowCardinalityKeyValues(KeyValues.empty()),
                context -> context.removeLowCardinalityKeyValue(key),
                context -> context.removeHighCardinalityKeyValue(key),
                context -> context.removeLowCardinalityKeyValues(keys),
                context -> context.removeHighCardinalityKeyValues(keys));
        return steps.get(random.nextInt(steps.size()));
    }

    private static KeyValue keyValue(Random random) {
        return KeyValue.of(key(random), Integer.toString(random.nextInt(10)));
    }

    private static String key(Random random) {
        return KEYS.get(random.nextInt(KEYS.size()));
    }
}
