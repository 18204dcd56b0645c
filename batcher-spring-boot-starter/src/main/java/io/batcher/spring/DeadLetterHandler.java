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
 * Marks a bean method that receives the items that a batcher gave up, or could not deliver before it was closed. The method
 * takes one {@link io.batcher.DeadLetter} and returns {@code void}. The items are removed from memory when it returns.
 *
 * <p>If the bean is proxied, the rules of {@link BatchHandler} apply.
 *
 * <p>The bean is created at startup even if it is lazy, because beans cannot be created while the last items are dead-lettered
 * at shutdown.
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

    /** The name of the batcher. Placeholders such as {@code ${readings.name}} are resolved against the environment. */
    String value();
}
