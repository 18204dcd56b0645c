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
 * A method of a bean that handles the batches of one batcher. It makes the batcher a bean too: {@code @BatchHandler("readings")}
 * on {@code store(List<Reading>)} gives a {@code Batcher<Reading>} named {@code readingsBatcher}.
 *
 * <p>The method takes one {@code List}, {@code Collection}, {@code Iterable} or {@link io.batcher.Batch} of items. It returns
 * nothing, or a {@link java.util.concurrent.CompletionStage} or reactive type whose end is the end of the batch. Calls for one
 * batcher never overlap. The bean may be proxied, lazy or scoped, and may inject the batcher that it handles; it is looked up
 * when there is a batch.
 *
 * <p>A proxy has to pass the call on to the bean, on the same thread. The application does not start if the method of a bean that
 * is proxied by class is final or private, or if advice such as {@code @Async} would make the call asynchronous. A
 * suspending function of Kotlin is refused too.
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

    /** The name of the batcher; may hold {@code ${...}} placeholders of the environment. */
    String value();
}
