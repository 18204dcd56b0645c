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
 * A method of a bean that takes the items which one batcher gave up, or could not deliver before it was closed. It takes one
 * {@link io.batcher.DeadLetter} and returns nothing; the items leave memory when it returns.
 *
 * <p>The rules for proxies of the bean are those of {@link BatchHandler}.
 *
 * <p>The bean is created when the context starts, even if it is lazy, because no bean can be created while the last items are
 * dead-lettered at shutdown.
 *
 * <pre>{@code
 * @DeadLetterHandler("readings")
 * void gaveUp(DeadLetter<Reading> letter) {
 *     parked.store(letter.items(), letter.cause());
 * }
 * }</pre>
 *
 * @see io.batcher.BatcherBuilder#onDeadLetter
 */
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Reflective
public @interface DeadLetterHandler {

    /** The name of the batcher; may hold {@code ${...}} placeholders of the environment. */
    String value();
}
