/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.store;

import io.batcher.spring.internal.BatcherConfigurationException;
import io.batcher.store.ItemCodec;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/** Finds the codec of a batcher with a store: a bean for its item type, else one that uses the application's {@code JsonMapper}. */
public final class ItemCodecs {

    private static final String JSON_MAPPER = "tools.jackson.databind.json.JsonMapper";

    private final ConfigurableListableBeanFactory beanFactory;

    public ItemCodecs(ConfigurableListableBeanFactory beanFactory) {
        this.beanFactory = beanFactory;
    }

    /**
     * Returns the codec.
     *
     * @param name the name of the format; null for the simple name of the item type. A codec bean has a name of its own
     * @throws BatcherConfigurationException if there is none, or more than one
     */
    @SuppressWarnings("unchecked") // the bean is looked up by its generic type
    public ItemCodec<Object> find(String batcher, ResolvableType itemType, @Nullable String name) {
        ResolvableType type = ResolvableType.forClassWithGenerics(ItemCodec.class, itemType);
        ItemCodec<Object> bean =
                (ItemCodec<Object>) beanFactory.getBeanProvider(type).getIfUnique();
        if (bean != null) {
            return bean;
        }
        List<String> several = Arrays.asList(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beanFactory, type));
        if (several.size() > 1) {
            throw new BatcherConfigurationException(
                    "Batcher \"" + batcher + "\" has a store, and there are " + several.size() + " beans of type "
                            + type + ": " + String.join(", ", several) + ".",
                    "Make one of them @Primary, or set the codec of the batcher by a BatcherCustomizer.");
        }
        String format = StringUtils.hasText(name)
                ? name
                : itemType.resolve(Object.class).getSimpleName();
        if (!ClassUtils.isPresent(JSON_MAPPER, beanFactory.getBeanClassLoader())) {
            throw noMapper(batcher, type, "Jackson is not on the class path");
        }
        return JsonItemCodec.of(format, itemType, beanFactory)
                .orElseThrow(() -> noMapper(batcher, type, "there is no single bean of type " + JSON_MAPPER));
    }

    private static BatcherConfigurationException noMapper(String batcher, ResolvableType type, String why) {
        return new BatcherConfigurationException(
                "Batcher \"" + batcher + "\" has a store, but nothing turns its items into bytes: " + why + ".",
                "Add the dependency org.springframework.boot:spring-boot-starter-jackson, or define a bean of type "
                        + type + ".");
    }
}
