/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What an application prints that does not start. */
public final class StartFailures {

    private StartFailures() {}

    /** Returns what the starter's analyzer finds; null if the starter did not cause the failure. */
    public static @Nullable FailureAnalysis analyze(Throwable failure) {
        return new BatcherFailureAnalyzer().analyze(failure);
    }

    /** Asserts the whole text, as the starter's analyzer finds it. */
    public static void assertFailure(ApplicationContextRunner contexts, String description, String action) {
        contexts.run(context -> {
            assertThat(context).hasFailed();
            FailureAnalysis failure = analyze(context.getStartupFailure());
            assertThat(failure).isNotNull();
            assertThat(failure.getDescription()).isEqualTo(description);
            assertThat(failure.getAction()).isEqualTo(action);
        });
    }
}
