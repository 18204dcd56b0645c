/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.runtime;

import io.batcher.Batcher;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.ManagedBatcher;
import io.batcher.spring.internal.NameSuggestions;
import io.batcher.spring.internal.definition.BatcherDefinition;
import io.batcher.spring.internal.definition.BatcherDefinitionRegistrar;
import io.batcher.spring.internal.handler.ItemTypes;
import io.batcher.spring.internal.options.OptionNames;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.ResolvableType;

/** Looks up batcher beans on each call, so that it can be used while the context is being created. */
public class DefaultBatcherRegistry implements BatcherRegistry {

    private final ConfigurableListableBeanFactory beanFactory;
    private final BatcherFactory factory;
    /** Bean names by batcher name. */
    private final Map<String, String> definedBeanNames;

    private final Set<String> disabled;

    public DefaultBatcherRegistry(
            ConfigurableListableBeanFactory beanFactory, BatcherFactory factory, BatcherDefinitionRegistrar registrar) {
        this.beanFactory = beanFactory;
        this.factory = factory;
        this.disabled = registrar.disabled();
        this.definedBeanNames = registrar.definitions().stream()
                .collect(Collectors.toMap(BatcherDefinition::name, BatcherDefinition::beanName));
    }

    @Override
    public Batcher<?> get(String name) {
        return bean(beanNameOf(name));
    }

    @Override
    @SuppressWarnings("unchecked") // the definition has the item type
    public <T> Batcher<T> get(String name, Class<T> itemType) {
        String beanName = beanNameOf(name);
        ResolvableType actual = ItemTypes.ofBean(beanName, beanFactory);
        if (actual != null && actual.resolve() != itemType) {
            throw new IllegalArgumentException("Batcher \"" + name + "\" has items of type " + actual + ", not "
                    + ResolvableType.forClass(itemType) + ".");
        }
        return (Batcher<T>) bean(beanName);
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(beanNames().keySet());
    }

    @Override
    public Collection<Batcher<?>> all() {
        return beanNames().values().stream().<Batcher<?>>map(this::bean).toList();
    }

    @Override
    public Collection<ManagedBatcher> managed() {
        return beanNames().entrySet().stream()
                .map(entry -> managed(entry.getKey(), entry.getValue()))
                .filter(managed -> hasStats(managed.batcher()))
                .toList();
    }

    private Batcher<?> bean(String beanName) {
        return beanFactory.getBean(beanName, Batcher.class);
    }

    private ManagedBatcher managed(String name, String beanName) {
        Batcher<?> batcher = bean(beanName);
        ManagedBatcher created = factory.find(beanName);
        Optional<String> itemType =
                Optional.ofNullable(ItemTypes.ofBean(beanName, beanFactory)).map(Object::toString);
        return created != null ? created : new UnmanagedBatcher(name, batcher, itemType);
    }

    /** A mock may have no statistics. */
    private static boolean hasStats(Batcher<?> batcher) {
        return batcher.stats() != null;
    }

    private String beanNameOf(String name) {
        String beanName = definedBeanNames.containsKey(name)
                ? definedBeanNames.get(name)
                : beanNames().get(name);
        if (beanName == null) {
            NameSuggestions known = new NameSuggestions(names());
            if (disabled.contains(name)) {
                throw new IllegalArgumentException("There is no batcher \"" + name + "\": " + OptionNames.INSTANCES
                        + "." + name + ".enabled is false. " + known.list());
            }
            throw new IllegalArgumentException(
                    "There is no batcher \"" + name + "\". " + known.list() + known.suggestionFor(name));
        }
        return beanName;
    }

    /** Returns the bean names by the names of all batchers. */
    private TreeMap<String, String> beanNames() {
        TreeMap<String, String> beanNames = new TreeMap<>(definedBeanNames);
        for (String beanName : beanFactory.getBeanNamesForType(Batcher.class, false, false)) {
            if (!definedBeanNames.containsValue(beanName) && beanFactory.containsSingleton(beanName)) {
                String name = bean(beanName).name();
                // A test double, such as a mock, may have no name.
                boolean usable = name != null && !beanNames.containsKey(name);
                beanNames.put(usable ? name : beanName, beanName);
            }
        }
        return beanNames;
    }

    /** A batcher that the application built: no listener of the starter observes it. */
    private record UnmanagedBatcher(String name, Batcher<?> batcher, Optional<String> itemType)
            implements ManagedBatcher {}
}
