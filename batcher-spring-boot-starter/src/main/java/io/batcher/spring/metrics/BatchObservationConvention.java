/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.metrics;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/** Provides names and key values for the observation of a batch. A bean of this type replaces the default. */
public interface BatchObservationConvention extends ObservationConvention<BatchObservationContext> {

    @Override
    default boolean supportsContext(Observation.Context context) {
        return context instanceof BatchObservationContext;
    }
}
