/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.aot.hint.annotation.Reflective;

/**
 * Marks a bean method that handles the batches of a batcher, and registers that batcher as a bean:
 * {@code @BatchHandler("readings")} on {@code store(List<Reading>)} registers a {@code Batcher<Reading>} named
 * {@code readingsBatcher}.
 *
 * <p>The method takes one {@code List}, {@code Collection}, {@code Iterable} or {@link io.batcher.Batch} of items. It returns
 * {@code void}, or a {@link java.util.concurrent.CompletionStage} or reactive type that completes when the batch is handled.
 * Calls for one batcher never overlap; with a {@link BatchKey} and {@code concurrency} those for one key never do. The bean may be
 * proxied, lazy or scoped, and may inject the batcher that it handles. It is looked up for each batch.
 *
 * <p>A proxy must call the bean on the same thread. Startup fails if the bean is proxied by class and the method is final or
 * private, if advice such as {@code @Async} makes the call asynchronous, or if the method is a suspending Kotlin function.
 *
 * <pre>{@code
 * @Service
 * class ReadingService {
 *     private final Batcher<Reading> readings;
 *
 *     ReadingService(Batcher<Reading> readings) {
 *         this.readings = readings;
 *     }
 *
 *     void received(Reading reading) {
 *         readings.add(reading);
 *     }
 *
 *     @BatchHandler("readings")
 *     void send(List<Reading> batch) throws IOException {
 *         cloud.post(batch);
 *     }
 * }
 * }</pre>
 */
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Reflective
public @interface BatchHandler {

    /** The name of the batcher. Placeholders such as {@code ${readings.name}} are resolved against the environment. */
    String value();
}
