/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.metrics;

import io.batcher.FlushReason;
import io.micrometer.common.KeyValues;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * {@code batcher.flush} with the low-cardinality keys {@code batcher}, {@code reason} and {@code outcome}; the meter adds
 * {@code error}. Id, size and attempt of the batch are for traces only.
 */
public class DefaultBatchObservationConvention implements BatchObservationConvention {

    /** As many as batchers, reasons and outcomes; asked for twice a batch, and costly to make. */
    private final Map<LowCardinality, KeyValues> known = new ConcurrentHashMap<>();

    private record LowCardinality(String batcher, FlushReason reason, String outcome) {

        KeyValues keyValues() {
            return KeyValues.of(
                    "batcher", batcher, "reason", reason.name().toLowerCase(Locale.ROOT), "outcome", outcome);
        }
    }

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

    /** Asked when an attempt begins, for the meter of those that go on, and when it ends. */
    @Override
    public KeyValues getLowCardinalityKeyValues(BatchObservationContext context) {
        return known.computeIfAbsent(
                new LowCardinality(context.getBatcher(), context.getReason(), outcome(context)),
                LowCardinality::keyValues);
    }

    private static String outcome(BatchObservationContext context) {
        if (context.getError() != null) {
            return "failed";
        }
        return context.isHandled() ? "success" : "unknown";
    }

    @Override
    public KeyValues getHighCardinalityKeyValues(BatchObservationContext context) {
        if (context.isHandled() || context.getError() != null) {
            return KeyValues.empty(); // the observation has them since the attempt began
        }
        return KeyValues.of(
                "batcher.batch.id",
                context.getBatchId(),
                "batcher.batch.size",
                Integer.toString(context.getSize()),
                "batcher.batch.attempt",
                Integer.toString(context.getAttempt()));
    }
}
