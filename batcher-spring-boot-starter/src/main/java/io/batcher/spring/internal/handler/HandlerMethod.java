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
 * @param beanName the bean to call; for a scoped bean, its proxy
 * @param beanType the class of the bean according to its definition
 * @param itemType the item type without wildcards and type variables; null if the method accepts any item
 */
public record HandlerMethod(
        HandlerKind kind,
        String batcher,
        String beanName,
        Class<?> beanType,
        Method method,
        @Nullable ResolvableType itemType) {

    /** Returns class and method, for operators. */
    public String describe() {
        return beanType.getName() + "." + method.getName();
    }

    /** Returns annotation, method and bean, for a message. */
    public String describeInFull() {
        return kind.on(batcher) + " on " + describe() + " of bean '" + beanName + "'";
    }
}
