/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.handler;

import io.batcher.Batcher;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/** Resolves item types in a form that injection points can match. */
public final class ItemTypes {

    private ItemTypes() {}

    /** Replaces wildcards and type variables by their bounds; returns null if the type is unknown, as for a raw type. */
    static @Nullable ResolvableType plain(ResolvableType type) {
        Class<?> resolved = type.resolve();
        if (resolved == null) {
            return null;
        }
        if (!type.hasGenerics()) {
            return ResolvableType.forClass(resolved);
        }
        ResolvableType[] generics = type.getGenerics();
        for (int i = 0; i < generics.length; i++) {
            ResolvableType plain = plain(generics[i]);
            generics[i] = plain == null ? ResolvableType.forClass(Object.class) : plain;
        }
        return ResolvableType.forClassWithGenerics(resolved, generics);
    }

    /** Returns the type of a parameter that takes an item; null if it takes any. */
    static @Nullable ResolvableType boxed(ResolvableType parameter) {
        Class<?> resolved = parameter.resolve();
        if (resolved == null) {
            return null;
        }
        return resolved.isPrimitive()
                ? ResolvableType.forClass(ClassUtils.resolvePrimitiveIfNecessary(resolved))
                : parameter;
    }

    /** Returns the item type in the definition of a batcher bean; null if unknown. */
    public static @Nullable ResolvableType ofBean(String beanName, ConfigurableListableBeanFactory beanFactory) {
        if (!beanFactory.containsBeanDefinition(beanName)) {
            return null;
        }
        ResolvableType type = beanFactory
                .getMergedBeanDefinition(beanName)
                .getResolvableType()
                .as(Batcher.class)
                .getGeneric(0);
        return type.resolve() == null ? null : type;
    }

    public static ResolvableType batcherOf(ResolvableType itemType) {
        return ResolvableType.forClassWithGenerics(Batcher.class, itemType);
    }
}
