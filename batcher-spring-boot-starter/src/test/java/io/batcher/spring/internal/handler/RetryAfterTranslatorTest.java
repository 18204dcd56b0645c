/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.PartialBatchException;
import io.batcher.RetryAfterException;
import io.batcher.spring.RetryAfterResolver;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** S8a: which failures of a handler method become a rest. */
class RetryAfterTranslatorTest {

    private static final Exception BUSY = new IllegalStateException("busy");
    private static final Exception BROKEN = new IllegalStateException("broken");

    private final RetryAfterTranslator translator =
            translator(failure -> Optional.of(Duration.ofSeconds(3)).filter(d -> failure == BUSY));

    private static RetryAfterTranslator translator(RetryAfterResolver... resolvers) {
        return new RetryAfterTranslator(List.of(resolvers));
    }

    @Test
    void aFailureThatIsRecognizedIsTheCauseOfTheRest() {
        for (Throwable failure :
                List.of(BUSY, new CompletionException(BUSY), new ExecutionException(new CompletionException(BUSY)))) {
            Throwable translated = translator.translate(failure);
            assertThat(translated).isInstanceOf(RetryAfterException.class).hasCause(BUSY);
            assertThat(((RetryAfterException) translated).retryAfter()).isEqualTo(Duration.ofSeconds(3));
        }
    }

    @Test
    void anotherFailureIsLeftAsItIs() {
        for (Throwable failure : List.of(
                BROKEN,
                new CompletionException(BROKEN),
                new OutOfMemoryError(),
                new CompletionException("none", null))) {
            assertThat(translator.translate(failure)).isSameAs(failure);
        }
    }

    @Test
    void aHandlersOwnRestIsLeftAsItIs() {
        RetryAfterTranslator always = translator(failure -> Optional.of(Duration.ofSeconds(3)));
        Throwable own = new RetryAfterException(Duration.ofSeconds(9), BUSY);
        Throwable wrapped = new CompletionException(own);
        assertThat(always.translate(own)).isSameAs(own);
        assertThat(always.translate(wrapped)).isSameAs(wrapped);
    }

    @Test
    void ofAPartialFailureEachCauseIsAsked() {
        PartialBatchException partial =
                new PartialBatchException(Map.of(0, BROKEN, 2, BUSY, 5, new CompletionException(BUSY)));
        for (Throwable failure : List.of(partial, new CompletionException(partial))) {
            Throwable translated = translator.translate(failure);
            assertThat(translated).isInstanceOf(PartialBatchException.class);
            Map<Integer, Throwable> causes = ((PartialBatchException) translated).causesByIndex();
            assertThat(causes).containsOnlyKeys(0, 2, 5).containsEntry(0, BROKEN);
            assertThat(causes.get(2)).isInstanceOf(RetryAfterException.class).hasCause(BUSY);
            assertThat(causes.get(5)).isInstanceOf(RetryAfterException.class).hasCause(BUSY);
            assertThat(translated.getStackTrace()).isEqualTo(partial.getStackTrace());
        }
    }

    @Test
    void aPartialFailureWithoutARestIsLeftAsItIs() {
        PartialBatchException partial = new PartialBatchException(Map.of(1, BROKEN));
        assertThat(translator.translate(partial)).isSameAs(partial);
    }

    @Test
    void theFirstResolverThatAnswersCounts() {
        RetryAfterTranslator both = translator(
                failure -> Optional.empty(),
                failure -> Optional.of(Duration.ofSeconds(1)),
                failure -> Optional.of(Duration.ofSeconds(2)));
        assertThat(((RetryAfterException) both.translate(BUSY)).retryAfter()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void aResolverThatThrowsOrReturnsNullRecognizesNothing() {
        RetryAfterTranslator bad = translator(
                failure -> {
                    throw new IllegalArgumentException("resolver");
                },
                failure -> null);
        assertThat(bad.translate(BUSY)).isSameAs(BUSY);
    }

    @Test
    void aStageFailsWithTheTranslatedFailure() {
        CompletableFuture<String> stage = new CompletableFuture<>();
        CompletionStage<?> translated = translator.translate(stage);
        stage.completeExceptionally(BUSY);
        assertThatThrownBy(() -> translated.toCompletableFuture().join()).hasCauseInstanceOf(RetryAfterException.class);
    }

    @Test
    void aStageThatSucceedsSucceeds() {
        CompletableFuture<String> stage = new CompletableFuture<>();
        CompletableFuture<?> translated = translator.translate(stage).toCompletableFuture();
        assertThat(translated).isNotDone();
        stage.complete("done");
        assertThat(translated).isCompletedWithValue(null);
    }

    @Test
    void cancellingTheTranslatedStageCancelsTheStage() {
        CompletableFuture<String> stage = new CompletableFuture<>();
        translator.translate(stage).toCompletableFuture().cancel(true);
        assertThat(stage).isCancelled();
    }

    @Test
    void anErrorInAResolverStillEndsTheStage() {
        CompletableFuture<String> stage = new CompletableFuture<>();
        CompletionStage<?> translated = translator(failure -> {
                    throw new StackOverflowError();
                })
                .translate(stage);
        stage.completeExceptionally(BUSY);
        assertThatThrownBy(() -> translated.toCompletableFuture().join()).hasCause(BUSY);
    }

    @Test
    void wrappersInACircleEnd() {
        CompletionException outer = new CompletionException("outer", null) {
            @Override
            public Throwable getCause() {
                return this;
            }
        };
        assertThat(translator.translate(outer)).isSameAs(outer);
    }

    @Test
    void whatIsThrownIsTranslatedToo() {
        assertThatThrownBy(() -> translator.rethrow(BUSY)).isInstanceOf(RetryAfterException.class);
        assertThatThrownBy(() -> translator.rethrow(BROKEN)).isSameAs(BROKEN);
        Error error = new AssertionError("error");
        assertThatThrownBy(() -> translator.rethrow(error)).isSameAs(error);
    }
}
