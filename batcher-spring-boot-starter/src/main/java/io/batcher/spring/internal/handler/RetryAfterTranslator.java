/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.handler;

import io.batcher.PartialBatchException;
import io.batcher.RetryAfterException;
import io.batcher.spring.RetryAfterResolver;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.util.ReflectionUtils;

/** Turns failures of a handler method that a {@link RetryAfterResolver} recognizes into {@link RetryAfterException}. Thread-safe. */
public final class RetryAfterTranslator {

    private static final Log logger = LogFactory.getLog(RetryAfterTranslator.class);

    /** More than anyone nests; causes may be a circle. */
    private static final int MAX_WRAPPERS = 100;

    private final List<RetryAfterResolver> resolvers;

    public RetryAfterTranslator(List<RetryAfterResolver> resolvers) {
        this.resolvers = resolvers;
    }

    /** Returns a stage whose failure is translated. Cancelling it cancels the given one. */
    public CompletionStage<?> translate(CompletionStage<?> stage) {
        return TranslatedStage.of(stage, this::translate);
    }

    /** Throws the failure, or what takes its place. */
    public RuntimeException rethrow(Throwable failure) throws Exception {
        ReflectionUtils.rethrowException(translate(failure));
        throw new AssertionError("unreachable", failure);
    }

    /** Returns the failure, or what takes its place. */
    public Throwable translate(Throwable failure) {
        Throwable cause = unwrap(failure);
        if (cause instanceof PartialBatchException partial) {
            return translatePartial(partial, failure);
        }
        return translateOne(failure);
    }

    private Throwable translatePartial(PartialBatchException partial, Throwable failure) {
        Map<Integer, Throwable> causes = new LinkedHashMap<>();
        boolean isTranslated = false;
        for (Map.Entry<Integer, Throwable> item : partial.causesByIndex().entrySet()) {
            Throwable translated = translateOne(item.getValue());
            isTranslated |= translated != item.getValue();
            causes.put(item.getKey(), translated);
        }
        if (!isTranslated) {
            return failure;
        }
        PartialBatchException translated = new PartialBatchException(causes);
        translated.setStackTrace(partial.getStackTrace());
        return translated;
    }

    private Throwable translateOne(Throwable failure) {
        Throwable cause = unwrap(failure);
        if (cause instanceof RetryAfterException) {
            return failure;
        }
        for (RetryAfterResolver resolver : resolvers) {
            Optional<Duration> retryAfter = ask(resolver, cause);
            if (retryAfter.isPresent()) {
                return new RetryAfterException(retryAfter.get(), cause);
            }
        }
        return failure;
    }

    private static Optional<Duration> ask(RetryAfterResolver resolver, Throwable failure) {
        try {
            return Objects.requireNonNull(resolver.resolve(failure), "resolve returned null");
        } catch (Exception | LinkageError e) {
            logger.warn(
                    "RetryAfterResolver " + resolver.getClass().getName() + " threw an exception; the failure of the"
                            + " handler counts as a failed attempt",
                    e);
            return Optional.empty();
        }
    }

    private static Throwable unwrap(Throwable failure) {
        Throwable inner = failure;
        for (int depth = 0; depth < MAX_WRAPPERS && isWrapper(inner) && inner.getCause() != null; depth++) {
            inner = inner.getCause();
        }
        return inner;
    }

    private static boolean isWrapper(Throwable failure) {
        return failure instanceof CompletionException || failure instanceof ExecutionException;
    }
}
