/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.handler;

import io.batcher.Batch;
import io.batcher.BatchFailure;
import io.batcher.DeadLetter;
import io.batcher.spring.BatchErrorHandler;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.DeadLetterHandler;
import java.lang.annotation.Annotation;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/** What an annotated method is for, and what it may take. */
public enum HandlerKind {
    /** Handles the batches. */
    BATCH(
            BatchHandler.class,
            "one List, Collection, Iterable or Batch",
            List.class,
            Collection.class,
            Iterable.class,
            Batch.class),
    /** Hears of failed attempts. */
    ERROR(BatchErrorHandler.class, "one BatchFailure", BatchFailure.class),
    /** Takes what was given up. */
    DEAD_LETTER(DeadLetterHandler.class, "one DeadLetter", DeadLetter.class);

    private final Class<? extends Annotation> annotation;
    private final String takes;
    private final List<Class<?>> parameters;

    HandlerKind(Class<? extends Annotation> annotation, String takes, Class<?>... parameters) {
        this.annotation = annotation;
        this.takes = takes;
        this.parameters = List.of(parameters);
    }

    Class<? extends Annotation> annotation() {
        return annotation;
    }

    /** Returns what the method takes, in words. */
    String takes() {
        return takes;
    }

    /** Returns what the method may return, in words. */
    String returns() {
        return this == BATCH ? "nothing, a CompletionStage or a reactive type" : "nothing";
    }

    boolean takes(Class<?> parameter) {
        return parameters.contains(parameter);
    }

    /** Returns the annotation as a user writes it. */
    public String on(String batcher) {
        return "@" + annotation.getSimpleName() + "(\"" + batcher + "\")";
    }

    static List<Class<? extends Annotation>> annotations() {
        return Arrays.stream(values())
                .<Class<? extends Annotation>>map(HandlerKind::annotation)
                .toList();
    }
}
