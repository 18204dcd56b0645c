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
 * Default convention: {@code batcher.flush} with the low-cardinality keys {@code batcher}, {@code reason} and {@code outcome}.
 * Meters add {@code error}. The id, size and attempt of the batch are high-cardinality keys, for traces only.
 */
public class DefaultBatchObservationConvention implements BatchObservationConvention {

    private static final FlushReason[] REASONS = FlushReason.values();
    private static final Outcome[] OUTCOMES = Outcome.values();

    private enum Outcome {
        SUCCESS,
        FAILED,
        UNKNOWN
    }

    /** All that a batcher can have, made once: they are needed before each call of the handler, which waits for them. */
    private final Map<String, KeyValues[]> lowCardinality = new ConcurrentHashMap<>();

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
        KeyValues[] known = lowCardinality.get(context.getBatcher());
        if (known == null) {
            known = lowCardinality.computeIfAbsent(context.getBatcher(), DefaultBatchObservationConvention::allOf);
        }
        return known[indexOf(context.getReason(), outcome(context))];
    }

    private static Outcome outcome(BatchObservationContext context) {
        if (context.getError() != null) {
            return Outcome.FAILED;
        }
        return context.isHandled() ? Outcome.SUCCESS : Outcome.UNKNOWN;
    }

    private static KeyValues[] allOf(String batcher) {
        KeyValues[] all = new KeyValues[REASONS.length * OUTCOMES.length];
        for (FlushReason reason : REASONS) {
            for (Outcome outcome : OUTCOMES) {
                all[indexOf(reason, outcome)] =
                        KeyValues.of("batcher", batcher, "outcome", lowerCase(outcome), "reason", lowerCase(reason));
            }
        }
        return all;
    }

    private static int indexOf(FlushReason reason, Outcome outcome) {
        return reason.ordinal() * OUTCOMES.length + outcome.ordinal();
    }

    private static String lowerCase(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public KeyValues getHighCardinalityKeyValues(BatchObservationContext context) {
        return KeyValues.of(
                "batcher.batch.attempt", // in their order, which saves sorting
                Integer.toString(context.getAttempt()),
                "batcher.batch.id",
                context.getBatchId(),
                "batcher.batch.size",
                Integer.toString(context.getSize()));
    }
}
