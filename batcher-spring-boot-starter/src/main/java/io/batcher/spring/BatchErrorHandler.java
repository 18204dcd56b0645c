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
 * Marks a bean method that is called after each failed attempt of a batcher. The method takes one
 * {@link io.batcher.BatchFailure} and returns {@code void}.
 *
 * <p>If the bean is proxied, the rules of {@link BatchHandler} apply.
 *
 * <pre>{@code
 * @BatchErrorHandler("readings")
 * void failed(BatchFailure<Reading> failure) {
 *     alarm.raise(failure.cause());
 * }
 * }</pre>
 *
 * @see io.batcher.BatcherBuilder#onError
 */
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Reflective
public @interface BatchErrorHandler {

    /** The name of the batcher. Placeholders such as {@code ${readings.name}} are resolved against the environment. */
    String value();
}
