/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.handler;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClientResponseException;
import org.springframework.web.reactive.function.client.WebClientResponseException;

/** S8a: the header {@code Retry-After} of a failed HTTP call, in seconds or as a date. */
class HttpRetryAfterResolverTest {

    private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");

    private final HttpRetryAfterResolver resolver = new HttpRetryAfterResolver(() -> NOW);

    private static Throwable failure(int status, Consumer<HttpHeaders> headers) {
        HttpHeaders all = new HttpHeaders();
        headers.accept(all);
        return new RestClientResponseException(
                "no", HttpStatusCode.valueOf(status), "no", all, new byte[0], StandardCharsets.UTF_8);
    }

    private static Throwable failure(int status, String retryAfter) {
        return failure(status, headers -> headers.set("Retry-After", retryAfter));
    }

    static Stream<Throwable> failuresOfClients() {
        HttpHeaders headers = new HttpHeaders();
        headers.set("retry-after", "30");
        return Stream.of(
                failure(429, "30"),
                failure(503, "30"),
                HttpClientErrorException.create(
                        HttpStatusCode.valueOf(429), "no", headers, new byte[0], StandardCharsets.UTF_8),
                WebClientResponseException.create(
                        HttpStatusCode.valueOf(429), "no", headers, new byte[0], StandardCharsets.UTF_8, null),
                WebClientResponseException.create(
                        HttpStatusCode.valueOf(503), "no", headers, new byte[0], StandardCharsets.UTF_8, null));
    }

    @ParameterizedTest
    @MethodSource("failuresOfClients")
    void secondsOfEitherClientAreRead(Throwable failure) {
        assertThat(resolver.resolve(failure)).contains(Duration.ofSeconds(30));
    }

    @ParameterizedTest
    @MethodSource("failuresOfClients")
    void causesAreLookedThrough(Throwable failure) {
        assertThat(resolver.resolve(new CompletionException(new IllegalStateException("sending", failure))))
                .contains(Duration.ofSeconds(30));
    }

    @ParameterizedTest
    @CsvSource({
        "'Sat, 28 Nov 2026 12:00:30 GMT', 30", // IMF-fixdate
        "'Saturday, 28-Nov-26 12:01:00 GMT', 60", // obsolete RFC 850
        "'Sat Nov 28 12:00:05 2026', 5", // asctime
        "'Sat, 28 Nov 2026 11:59:50 GMT', -10"
    })
    void aDateIsReadInEveryFormOfHttp(String date, int seconds) {
        assertThat(resolver.resolve(failure(429, date))).contains(Duration.ofSeconds(seconds));
    }

    @Test
    void aDateIsComparedWithTheDateOfTheSameResponse() {
        Throwable failure = failure(429, headers -> {
            headers.set("Date", "Sat, 28 Nov 2026 12:07:00 GMT"); // a clock that is fast
            headers.set("Retry-After", "Sat, 28 Nov 2026 12:07:20 GMT");
        });
        assertThat(resolver.resolve(failure)).contains(Duration.ofSeconds(20));
    }

    @Test
    void aMalformedDateOfTheResponseIsIgnored() {
        Throwable failure = failure(429, headers -> {
            headers.set("Date", "yesterday");
            headers.set("Retry-After", "Sat, 28 Nov 2026 12:00:20 GMT");
        });
        assertThat(resolver.resolve(failure)).contains(Duration.ofSeconds(20));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "-5, -5", "' 7 ', 7", "99999999999999999999, 9223372036854775807", "-99999999999999999999, 0"})
    void anyNumberOfSecondsIsRead(String header, long seconds) {
        assertThat(resolver.resolve(failure(429, header))).contains(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "1.5", "30s", "Sat, 28 Nov", "+3"})
    void aHeaderThatIsNeitherIsNoWishToWait(String header) {
        assertThat(resolver.resolve(failure(429, header))).isEmpty();
    }

    @Test
    void withoutTheHeaderThereIsNoRest() {
        assertThat(resolver.resolve(failure(429, headers -> {}))).isEmpty();
        assertThat(resolver.resolve(
                        new RestClientResponseException("no", HttpStatusCode.valueOf(429), "no", null, null, null)))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 500, 502, 504})
    void otherStatusesAreOrdinaryFailures(int status) {
        assertThat(resolver.resolve(failure(status, "30"))).isEmpty();
    }

    @Test
    void otherFailuresAreOrdinaryFailures() {
        assertThat(resolver.resolve(new IllegalStateException("429 Retry-After: 30")))
                .isEmpty();
    }

    @Test
    void causesInACircleEnd() {
        Exception outer = new IllegalStateException("outer");
        outer.initCause(new IllegalStateException("inner", outer));
        assertThat(resolver.resolve(outer)).isEmpty();
    }
}
