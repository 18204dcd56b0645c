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
 * Marks a bean method that returns the key of an item: order is kept among items of one key only, and with
 * {@code batcher.instances.readings.concurrency} the handler may be called for different keys at once. The method takes one item and
 * returns any object with stable {@code equals} and {@code hashCode}. Null asks for no order.
 *
 * <p>It is called once per item on the adding thread and should be quick. Exceptions propagate to the caller of {@code add}, which adds
 * nothing then. If the method is static, items can also be added while its bean is being created.
 *
 * <p>If the bean is proxied, the rules of {@link BatchHandler} apply.
 *
 * <pre>{@code
 * @BatchKey("readings")
 * static String sensor(Reading reading) {
 *     return reading.sensor();
 * }
 * }</pre>
 *
 * @see io.batcher.BatcherBuilder#key
 */
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Reflective
public @interface BatchKey {

    /** The name of the batcher. Placeholders such as {@code ${readings.name}} are resolved against the environment. */
    String value();
}
