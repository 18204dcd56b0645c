/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.handler;

import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;

/**
 * An annotated method of a bean.
 *
 * @param batcher the name of the batcher
 * @param beanName the bean to call; of a scoped bean, its proxy
 * @param beanType the class of the bean, as its definition tells it
 * @param itemType the item type without wildcards and variables; null if the method takes items of any type
 */
public record HandlerMethod(
        HandlerKind kind,
        String batcher,
        String beanName,
        Class<?> beanType,
        Method method,
        @Nullable ResolvableType itemType) {

    /** Returns class and method, as an operator reads it. */
    public String describe() {
        return beanType.getName() + "." + method.getName();
    }

    /** Returns annotation, method and bean, for a message. */
    public String describeInFull() {
        return kind.on(batcher) + " on " + describe() + " of bean '" + beanName + "'";
    }
}
