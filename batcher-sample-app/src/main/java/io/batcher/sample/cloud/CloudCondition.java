/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample.cloud;

import io.batcher.sample.SampleProperties;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;

/**
 * The condition of the built-in cloud: it can be broken, made slow and limit its rate, to show how the batcher reacts. This affects only
 * calls of the gateway's account, so that a comparison, which uses accounts of its own, always measures the same.
 *
 * <p>Thread-safe.
 */
@Component
public final class CloudCondition {

    private static final int CALLS_IN_WINDOW = 5;
    private static final Duration WINDOW = Duration.ofSeconds(3);

    private final Duration usualLatency;
    private final RateLimit limit = new RateLimit(CALLS_IN_WINDOW, WINDOW, System::nanoTime);
    private volatile State state;

    CloudCondition(SampleProperties sample) {
        this.usualLatency = sample.cloud().latency();
        this.state = new State(false, false, usualLatency.toMillis(), usualLatency.toMillis());
    }

    /**
     * The condition at one moment.
     *
     * @param broken whether every call fails
     * @param limited whether calls above the rate limit are refused
     * @param latencyMillis duration of a call
     * @param usualLatencyMillis configured duration of a call
     */
    public record State(boolean broken, boolean limited, long latencyMillis, long usualLatencyMillis) {}

    /** Returns the current condition. */
    public State state() {
        return state;
    }

    synchronized State change(UnaryOperator<State> change) {
        state = change.apply(state);
        return state;
    }

    /** Fails immediately if the call is above the limit. Sleeps for the duration of a call, then fails if the cloud is broken. */
    void endure(String account) throws InterruptedException {
        if (!account.equals(CloudStore.GATEWAY)) {
            Thread.sleep(usualLatency.toMillis());
            return;
        }
        if (state.limited()) {
            requireWithinLimit();
        }
        Thread.sleep(state.latencyMillis());
        if (state.broken()) {
            throw problem(HttpStatus.SERVICE_UNAVAILABLE, "the cloud is broken, on purpose");
        }
    }

    private void requireWithinLimit() {
        Duration wait = limit.untilAccepted();
        if (!wait.isZero()) {
            var refused = problem(
                    HttpStatus.TOO_MANY_REQUESTS,
                    "more than " + CALLS_IN_WINDOW + " calls in " + WINDOW.toSeconds() + " s");
            refused.getHeaders().set(HttpHeaders.RETRY_AFTER, String.valueOf(secondsRoundedUp(wait)));
            throw refused;
        }
    }

    private static long secondsRoundedUp(Duration duration) {
        return duration.plusSeconds(1).minusNanos(1).toSeconds();
    }

    private static ErrorResponseException problem(HttpStatus status, String detail) {
        return new ErrorResponseException(status, ProblemDetail.forStatusAndDetail(status, detail), null);
    }
}
