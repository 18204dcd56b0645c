/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.handler;

import io.batcher.spring.RetryAfterResolver;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.util.ClassUtils;
import org.springframework.web.client.RestClientResponseException;
import org.springframework.web.reactive.function.client.WebClientResponseException;

/**
 * Reads {@code Retry-After} (RFC 9110, section 10.2.3) of the failures of Spring's HTTP clients with status 429 or 503. A date is
 * compared with the {@code Date} of the same response, so that the two hosts' clocks need not agree.
 */
public final class HttpRetryAfterResolver implements RetryAfterResolver, AopInfrastructureBean {

    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVICE_UNAVAILABLE = 503;

    private static final boolean WEB = isPresent("org.springframework.web.client.RestClientResponseException");
    private static final boolean WEBFLUX =
            WEB && isPresent("org.springframework.web.reactive.function.client.WebClientResponseException");

    private final InstantSource clock;

    public HttpRetryAfterResolver(InstantSource clock) {
        this.clock = clock;
    }

    private static boolean isPresent(String type) {
        return ClassUtils.isPresent(type, HttpRetryAfterResolver.class.getClassLoader());
    }

    @Override
    public Optional<Duration> resolve(Throwable failure) {
        Set<Throwable> visited = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Throwable cause = failure; WEB && cause != null && visited.add(cause); cause = cause.getCause()) {
            Duration retryAfter = Http.retryAfter(cause, clock);
            if (retryAfter != null) {
                return Optional.of(retryAfter);
            }
        }
        return Optional.empty();
    }

    /** Apart, because it cannot be linked without the libraries. */
    private static final class Http {

        static @Nullable Duration retryAfter(Throwable failure, InstantSource clock) {
            if (failure instanceof RestClientResponseException response) {
                HttpHeaders headers = response.getResponseHeaders();
                return headers == null ? null : retryAfter(response.getStatusCode(), headers, clock);
            }
            return WEBFLUX ? Reactive.retryAfter(failure, clock) : null;
        }

        static @Nullable Duration retryAfter(HttpStatusCode status, HttpHeaders headers, InstantSource clock) {
            String value = headers.getFirst(HttpHeaders.RETRY_AFTER);
            boolean asksToWait = status.value() == TOO_MANY_REQUESTS || status.value() == SERVICE_UNAVAILABLE;
            if (!asksToWait || value == null) {
                return null;
            }
            Duration seconds = seconds(value.trim());
            return seconds != null ? seconds : untilDate(headers, clock);
        }

        private static @Nullable Duration seconds(String value) {
            if (!value.matches("-?\\d+")) {
                return null;
            }
            try {
                return Duration.ofSeconds(Long.parseLong(value));
            } catch (NumberFormatException tooLarge) {
                return Duration.ofSeconds(value.startsWith("-") ? 0 : Long.MAX_VALUE);
            }
        }

        private static @Nullable Duration untilDate(HttpHeaders headers, InstantSource clock) {
            Instant until = date(headers, HttpHeaders.RETRY_AFTER);
            if (until == null) {
                return null;
            }
            Instant answered = date(headers, HttpHeaders.DATE);
            return Duration.between(answered == null ? clock.instant() : answered, until);
        }

        private static @Nullable Instant date(HttpHeaders headers, String name) {
            try {
                var date = headers.getFirstZonedDateTime(name);
                return date == null ? null : date.toInstant();
            } catch (IllegalArgumentException malformed) {
                return null;
            }
        }
    }

    /** Apart, because it cannot be linked without WebFlux. */
    private static final class Reactive {

        static @Nullable Duration retryAfter(Throwable failure, InstantSource clock) {
            return failure instanceof WebClientResponseException response
                    ? Http.retryAfter(response.getStatusCode(), response.getHeaders(), clock)
                    : null;
        }
    }
}
