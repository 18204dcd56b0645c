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
 * A method of a bean that hears of each failed attempt of one batcher. It takes one {@link io.batcher.BatchFailure} and
 * returns nothing.
 *
 * <p>The rules for proxies of the bean are those of {@link BatchHandler}.
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

    /** The name of the batcher; may hold {@code ${...}} placeholders of the environment. */
    String value();
}
