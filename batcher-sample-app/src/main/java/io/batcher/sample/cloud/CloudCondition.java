/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample.cloud;

import io.batcher.sample.SampleProperties;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;

/**
 * The condition of the built-in cloud: it can be broken and made slow, to show how the batcher reacts. This affects only calls of the
 * gateway's account, so that a comparison, which uses accounts of its own, always measures the same.
 *
 * <p>Thread-safe.
 */
@Component
public final class CloudCondition {

    private final Duration usualLatency;
    private volatile State state;

    CloudCondition(SampleProperties sample) {
        this.usualLatency = sample.cloud().latency();
        this.state = new State(false, usualLatency.toMillis(), usualLatency.toMillis());
    }

    /**
     * The condition at one moment.
     *
     * @param broken whether every call fails
     * @param latencyMillis duration of a call
     * @param usualLatencyMillis configured duration of a call
     */
    public record State(boolean broken, long latencyMillis, long usualLatencyMillis) {}

    /** Returns the current condition. */
    public State state() {
        return state;
    }

    synchronized State change(UnaryOperator<State> change) {
        state = change.apply(state);
        return state;
    }

    /** Sleeps for the duration of a call, then fails if the cloud is broken. */
    void endure(String account) throws InterruptedException {
        if (!account.equals(CloudStore.GATEWAY)) {
            Thread.sleep(usualLatency.toMillis());
            return;
        }
        Thread.sleep(state.latencyMillis());
        if (state.broken()) {
            HttpStatus status = HttpStatus.SERVICE_UNAVAILABLE;
            throw new ErrorResponseException(
                    status, ProblemDetail.forStatusAndDetail(status, "the cloud is broken, on purpose"), null);
        }
    }
}
