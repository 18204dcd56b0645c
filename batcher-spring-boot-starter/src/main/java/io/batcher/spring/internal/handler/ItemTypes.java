/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.handler;

import io.batcher.Batcher;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.ResolvableType;

/** Item types as injection points can match them: wildcards and type variables replaced by what they stand for. */
public final class ItemTypes {

    private ItemTypes() {}

    /** Returns the type without wildcards and variables; null if it stands for nothing in particular, as a raw type does. */
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

    /** Returns the item type that the definition of a batcher tells; null if it tells none. */
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
