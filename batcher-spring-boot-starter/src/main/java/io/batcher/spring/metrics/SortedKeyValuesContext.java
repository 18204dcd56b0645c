/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.metrics;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;

/**
 * A context that behaves as its parent and keeps its key values sorted. The parent keeps them in maps, and copies and sorts those
 * whenever a meter asks: a quarter of what an observation costs.
 *
 * <p>Thread-safe.
 */
abstract class SortedKeyValuesContext extends Observation.Context {

    private final Sorted low = new Sorted();
    private final Sorted high = new Sorted();

    @Override
    public Observation.Context addLowCardinalityKeyValue(KeyValue keyValue) {
        low.add(KeyValues.of(keyValue));
        return this;
    }

    @Override
    public Observation.Context addLowCardinalityKeyValues(KeyValues keyValues) {
        low.add(keyValues);
        return this;
    }

    @Override
    public Observation.Context removeLowCardinalityKeyValue(String key) {
        low.remove(key);
        return this;
    }

    @Override
    public KeyValues getLowCardinalityKeyValues() {
        return low.all;
    }

    @Override
    public @Nullable KeyValue getLowCardinalityKeyValue(String key) {
        return low.find(key);
    }

    @Override
    public Observation.Context addHighCardinalityKeyValue(KeyValue keyValue) {
        high.add(KeyValues.of(keyValue));
        return this;
    }

    @Override
    public Observation.Context addHighCardinalityKeyValues(KeyValues keyValues) {
        high.add(keyValues);
        return this;
    }

    @Override
    public Observation.Context removeHighCardinalityKeyValue(String key) {
        high.remove(key);
        return this;
    }

    @Override
    public KeyValues getHighCardinalityKeyValues() {
        return high.all;
    }

    @Override
    public @Nullable KeyValue getHighCardinalityKeyValue(String key) {
        return high.find(key);
    }

    private static final class Sorted {

        private volatile KeyValues all = KeyValues.empty();

        /** A later value of a key replaces the earlier one. */
        synchronized void add(KeyValues added) {
            all = all.and(added);
        }

        synchronized void remove(String key) {
            all = KeyValues.of(all.stream()
                    .filter(keyValue -> !keyValue.getKey().equals(key))
                    .toList());
        }

        @Nullable KeyValue find(String key) {
            for (KeyValue keyValue : all) {
                if (keyValue.getKey().equals(key)) {
                    return keyValue;
                }
            }
            return null;
        }
    }
}
