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
import io.batcher.spring.BatchKey;
import io.batcher.spring.DeadLetterHandler;
import java.lang.annotation.Annotation;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/** The kinds of annotated methods, with the parameter that each may take. */
public enum HandlerKind {
    /** Handles the batches. */
    BATCH(
            BatchHandler.class,
            "one List, Collection, Iterable or Batch",
            List.class,
            Collection.class,
            Iterable.class,
            Batch.class),
    /** Is called after failed attempts. */
    ERROR(BatchErrorHandler.class, "one BatchFailure", BatchFailure.class),
    /** Receives the items that were given up. */
    DEAD_LETTER(DeadLetterHandler.class, "one DeadLetter", DeadLetter.class),
    /** Returns the key of an item. */
    KEY(BatchKey.class, "one item");

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

    /** Describes the parameter of the method. */
    String takes() {
        return takes;
    }

    /** Describes the result of the method. */
    String returns() {
        return switch (this) {
            case BATCH -> "nothing, a CompletionStage or a reactive type";
            case KEY -> "the key";
            default -> "nothing";
        };
    }

    /** Returns what the method is for the batcher, for a message. */
    public String role() {
        return this == KEY ? "key method" : "handler";
    }

    boolean takes(Class<?> parameter) {
        return this == KEY || parameters.contains(parameter);
    }

    /** Returns the annotation as in source code. */
    public String on(String batcher) {
        return "@" + annotation.getSimpleName() + "(\"" + batcher + "\")";
    }

    static List<Class<? extends Annotation>> annotations() {
        return Arrays.stream(values())
                .<Class<? extends Annotation>>map(HandlerKind::annotation)
                .toList();
    }
}
