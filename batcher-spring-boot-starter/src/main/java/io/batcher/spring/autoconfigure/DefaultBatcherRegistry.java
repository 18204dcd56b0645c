/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import io.batcher.Batcher;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.ManagedBatcher;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/** Looks batchers up among the beans, when asked: so it may be used while the context is still being built. */
final class DefaultBatcherRegistry implements BatcherRegistry {

    private final ConfigurableListableBeanFactory beanFactory;
    private final BatcherFactory factory;
    private final Map<String, BatcherSpec> planned;

    DefaultBatcherRegistry(
            ConfigurableListableBeanFactory beanFactory, BatcherFactory factory, List<BatcherSpec> plan) {
        this.beanFactory = beanFactory;
        this.factory = factory;
        this.planned = plan.stream().collect(Collectors.toMap(BatcherSpec::beanName, Function.identity()));
    }

    @Override
    public Batcher<?> get(String name) {
        String beanName = BatcherSpec.beanName(name);
        return planned.containsKey(beanName)
                ? beanFactory.getBean(beanName, Batcher.class)
                : find(name).batcher();
    }

    @Override
    @SuppressWarnings("unchecked") // the definition tells the item type
    public <T> Batcher<T> get(String name, Class<T> itemType) {
        ManagedBatcher found = find(name);
        Optional<String> actual = found.itemType();
        if (actual.isPresent() && !actual.get().replaceFirst("<.*", "").equals(itemType.getName())) {
            throw new IllegalArgumentException(
                    "batcher \"" + name + "\" has items of type " + actual.get() + ", not " + itemType.getName());
        }
        return (Batcher<T>) found.batcher();
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(byName().keySet());
    }

    @Override
    public Collection<Batcher<?>> all() {
        return byName().values().stream()
                .<Batcher<?>>map(ManagedBatcher::batcher)
                .toList();
    }

    @Override
    public Collection<ManagedBatcher> managed() {
        return List.copyOf(byName().values());
    }

    private ManagedBatcher find(String name) {
        Map<String, ManagedBatcher> all = byName();
        ManagedBatcher found = all.get(name);
        if (found == null) {
            KnownNames known = new KnownNames(all.keySet());
            throw new IllegalArgumentException(
                    "There is no batcher \"" + name + "\". " + known.list() + known.suggestionFor(name));
        }
        return found;
    }

    private TreeMap<String, ManagedBatcher> byName() {
        TreeMap<String, ManagedBatcher> byName = new TreeMap<>();
        for (String beanName : beanFactory.getBeanNamesForType(Batcher.class, false, false)) {
            BatcherSpec spec = planned.get(beanName);
            if (spec != null || beanFactory.containsSingleton(beanName)) {
                Batcher<?> batcher = beanFactory.getBean(beanName, Batcher.class);
                ManagedBatcher managed = factory.find(batcher);
                if (managed == null) {
                    managed = new ApplicationBatcher(
                            nameOf(spec, batcher, beanName),
                            batcher,
                            Optional.ofNullable(ItemTypes.ofBean(beanName, beanFactory))
                                    .map(Object::toString));
                }
                byName.putIfAbsent(managed.name(), managed);
            }
        }
        return byName;
    }

    /** A bean that stands in for a batcher, a mock for example, may not know its name. */
    private static String nameOf(@Nullable BatcherSpec spec, Batcher<?> batcher, String beanName) {
        return spec != null ? spec.name() : Optional.ofNullable(batcher.name()).orElse(beanName);
    }
}
