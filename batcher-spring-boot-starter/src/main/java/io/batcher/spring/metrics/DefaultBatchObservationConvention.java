/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.metrics;

import io.micrometer.common.KeyValues;
import java.util.Locale;

/**
 * Default convention: {@code batcher.flush} with the low-cardinality keys {@code batcher}, {@code reason} and {@code outcome}.
 * Meters add {@code error}. The id, size and attempt of the batch are high-cardinality keys, for traces only.
 */
public class DefaultBatchObservationConvention implements BatchObservationConvention {

    /** Creates the convention. */
    public DefaultBatchObservationConvention() {}

    @Override
    public String getName() {
        return "batcher.flush";
    }

    @Override
    public String getContextualName(BatchObservationContext context) {
        return "flush " + context.getBatcher();
    }

    @Override
    public KeyValues getLowCardinalityKeyValues(BatchObservationContext context) {
        return KeyValues.of(
                "batcher",
                context.getBatcher(),
                "reason",
                context.getReason().name().toLowerCase(Locale.ROOT),
                "outcome",
                outcome(context));
    }

    private static String outcome(BatchObservationContext context) {
        if (context.getError() != null) {
            return "failed";
        }
        return context.isHandled() ? "success" : "unknown";
    }

    @Override
    public KeyValues getHighCardinalityKeyValues(BatchObservationContext context) {
        return KeyValues.of(
                "batcher.batch.id",
                context.getBatchId(),
                "batcher.batch.size",
                Integer.toString(context.getSize()),
                "batcher.batch.attempt",
                Integer.toString(context.getAttempt()));
    }
}
