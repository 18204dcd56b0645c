/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import io.batcher.spring.internal.definition.BatcherDefinition;
import io.batcher.spring.internal.store.StoreLookup;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.beans.factory.aot.BeanFactoryInitializationAotContribution;
import org.springframework.beans.factory.aot.BeanFactoryInitializationAotProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/**
 * Hints for a native image: the item types of the batchers, which Jackson reads and writes. For all batchers if a module with stores is
 * there, because the properties that give a batcher a store may differ at run time.
 */
final class StoredItemHints implements BeanFactoryInitializationAotProcessor {

    private static final List<String> MODULES = List.of(StoreLookup.JDBC_MODULE, StoreLookup.KAFKA_MODULE);

    @Override
    public @Nullable BeanFactoryInitializationAotContribution processAheadOfTime(
            ConfigurableListableBeanFactory beanFactory) {
        if (MODULES.stream().noneMatch(module -> ClassUtils.isPresent(module, beanFactory.getBeanClassLoader()))) {
            return null;
        }
        Type[] itemTypes = itemTypes(beanFactory).toArray(Type[]::new);
        return (generation, code) -> new BindingReflectionHintsRegistrar()
                .registerReflectionHints(generation.getRuntimeHints().reflection(), itemTypes);
    }

    private static Stream<Type> itemTypes(ConfigurableListableBeanFactory beanFactory) {
        return Arrays.stream(beanFactory.getBeanDefinitionNames())
                .map(name -> beanFactory.getBeanDefinition(name).getAttribute(BatcherDefinition.class.getName()))
                .filter(BatcherDefinition.class::isInstance)
                .map(definition -> ((BatcherDefinition) definition).itemType())
                .filter(Objects::nonNull)
                .map(ResolvableType::getType);
    }
}
