/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import io.batcher.spring.internal.BatcherConfigurationException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Analyzes configuration failures: prints the cause and the action instead of a stack trace. */
final class BatcherFailureAnalyzer extends AbstractFailureAnalyzer<BatcherConfigurationException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, BatcherConfigurationException cause) {
        return new FailureAnalysis(cause.description(), cause.action(), cause);
    }
}
