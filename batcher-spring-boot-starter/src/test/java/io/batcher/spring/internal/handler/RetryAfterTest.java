/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.BatchFailure;
import io.batcher.BatcherStats;
import io.batcher.RetryAfterException;
import io.batcher.spring.BatchErrorHandler;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.RetryAfterResolver;
import io.batcher.spring.fixtures.Contexts;
import io.batcher.spring.fixtures.HttpTarget;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientResponseException;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import reactor.core.publisher.Mono;

/** S8a: an answer of a real HTTP server with {@code Retry-After}, through either of Spring's clients, is a rest. */
class RetryAfterTest {

    private HttpTarget target;
    private ApplicationContextRunner contexts;

    @BeforeEach
    void start() throws Exception {
        target = new HttpTarget();
        contexts = Contexts.inRealTime()
                .withBean(Senders.class, () -> new Senders(target.url()))
                .withPropertyValues("batcher.defaults.interval=1ms");
    }

    @AfterEach
    void stop() {
        target.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rest-client", "staged-rest-client", "web-client", "staged-web-client"})
    void secondsAreARest(String batcher) {
        target.answer(429, "30");
        contexts.run(context -> {
            BatchFailure<?> failure = failureOf(batcher, context);
            assertThat(failure.cause()).isInstanceOf(RetryAfterException.class);
            assertThat(((RetryAfterException) failure.cause()).retryAfter()).isEqualTo(Duration.ofSeconds(30));
            assertThat(failure.cause().getCause())
                    .isInstanceOf(
                            batcher.endsWith("rest-client")
                                    ? RestClientResponseException.class
                                    : WebClientResponseException.class);
            assertThat(failure.retryIn())
                    .hasValueSatisfying(
                            retryIn -> assertThat(retryIn).isCloseTo(Duration.ofSeconds(30), Duration.ofSeconds(20)));
            assertThat(stats(batcher, context).throttled()).isEqualTo(1);
            assertThat(stats(batcher, context).failedAttempts()).isZero();
            assertThat(stats(batcher, context).restingFor()).isPositive();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"rest-client", "web-client"})
    void aBeanReplacesTheRule(String batcher) {
        target.answer(429, "30");
        target.answer(418, null);
        contexts.withBean(
                        RetryAfterResolver.class,
                        () -> failure -> failure.getMessage().startsWith("418")
                                ? Optional.of(Duration.ofMinutes(1))
                                : Optional.empty())
                .run(context -> {
                    assertThat(failureOf(batcher, context).cause()).isNotInstanceOf(RetryAfterException.class);
                    BatchFailure<?> second =
                            context.getBean(Senders.class).failures.poll(30, TimeUnit.SECONDS);
                    assertThat(second.cause()).isInstanceOf(RetryAfterException.class);
                    assertThat(stats(batcher, context).throttled()).isEqualTo(1);
                });
    }

    private static BatcherStats stats(String batcher, AssertableApplicationContext context) {
        return context.getBean(BatcherRegistry.class).get(batcher).stats();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rest-client", "staged-rest-client", "web-client", "staged-web-client"})
    void aDateIsARest(String batcher) {
        ZonedDateTime later = ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(60);
        target.answer(503, DateTimeFormatter.RFC_1123_DATE_TIME.format(later));
        contexts.run(context -> {
            BatchFailure<?> failure = failureOf(batcher, context);
            assertThat(failure.cause()).isInstanceOf(RetryAfterException.class);
            assertThat(((RetryAfterException) failure.cause()).retryAfter())
                    .isCloseTo(Duration.ofSeconds(60), Duration.ofSeconds(30));
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"rest-client", "staged-rest-client", "web-client", "staged-web-client"})
    void withoutTheHeaderItIsAFailedAttempt(String batcher) {
        target.answer(429, null);
        contexts.run(context -> {
            BatchFailure<?> failure = failureOf(batcher, context);
            assertThat(failure.cause())
                    .isInstanceOfAny(RestClientResponseException.class, WebClientResponseException.class);
            context.getBean(BatcherRegistry.class).get(batcher).flush().get(10, TimeUnit.SECONDS);
        });
    }

    private static BatchFailure<?> failureOf(String batcher, AssertableApplicationContext context) throws Exception {
        context.getBean(BatcherRegistry.class).get(batcher, String.class).add("a");
        BatchFailure<?> failure = context.getBean(Senders.class).failures.poll(30, TimeUnit.SECONDS);
        assertThat(failure).isNotNull();
        return failure;
    }

    static class Senders {

        final BlockingQueue<BatchFailure<?>> failures = new LinkedBlockingQueue<>();

        private final RestClient restClient;
        private final WebClient webClient;

        Senders(String url) {
            restClient = RestClient.builder()
                    .requestFactory(new JdkClientHttpRequestFactory())
                    .baseUrl(url)
                    .build();
            webClient = WebClient.builder()
                    .clientConnector(new JdkClientHttpConnector())
                    .baseUrl(url)
                    .build();
        }

        @BatchHandler("rest-client")
        void restClient(List<String> items) {
            restClient.post().uri("/").body(items.toString()).retrieve().toBodilessEntity();
        }

        @BatchHandler("staged-rest-client")
        CompletionStage<?> stagedRestClient(List<String> items) {
            return CompletableFuture.runAsync(() -> restClient(items), task -> new Thread(task).start());
        }

        @BatchHandler("web-client")
        Mono<?> webClient(List<String> items) {
            return webClient
                    .post()
                    .uri("/")
                    .bodyValue(items.toString())
                    .retrieve()
                    .toBodilessEntity();
        }

        @BatchHandler("staged-web-client")
        CompletionStage<?> stagedWebClient(List<String> items) {
            return webClient(items).toFuture();
        }

        @BatchErrorHandler("rest-client")
        void restClientFailed(BatchFailure<String> failure) {
            failures.add(failure);
        }

        @BatchErrorHandler("staged-rest-client")
        void stagedRestClientFailed(BatchFailure<String> failure) {
            failures.add(failure);
        }

        @BatchErrorHandler("web-client")
        void webClientFailed(BatchFailure<String> failure) {
            failures.add(failure);
        }

        @BatchErrorHandler("staged-web-client")
        void stagedWebClientFailed(BatchFailure<String> failure) {
            failures.add(failure);
        }
    }
}
