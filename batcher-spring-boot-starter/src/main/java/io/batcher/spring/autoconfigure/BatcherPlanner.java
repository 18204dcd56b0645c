/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import io.batcher.Batcher;
import io.batcher.spring.autoconfigure.BatcherProperties.Options;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;

/** Decides which batchers there are, from properties and annotated methods, and refuses what contradicts itself. */
final class BatcherPlanner {

    private final ConfigurableListableBeanFactory beanFactory;
    private final Environment environment;
    private final OptionsBinder options;
    private final InstanceKeys instances;
    private final Map<String, Map<HandlerKind, HandlerMethod>> handlers = new TreeMap<>();
    private final Set<String> disabled = new TreeSet<>();

    BatcherPlanner(ConfigurableListableBeanFactory beanFactory, Environment environment) {
        this.beanFactory = beanFactory;
        this.environment = environment;
        this.options = new OptionsBinder(environment);
        this.instances = new InstanceKeys(environment);
    }

    /** Returns the batchers, sorted by name. */
    List<BatcherSpec> plan() {
        new HandlerScan(beanFactory, environment, this::isDisabled).handlers().forEach(this::add);
        Set<String> handled = new TreeSet<>(disabled); // the scan has left them out
        Set<String> names = names();
        handled.addAll(names);
        refuseNamesThatAreEqualWithoutHyphens(handled); // no property, nor "enabled", can tell them apart
        MisplacedProperties.refuse(environment, names);
        if (names.isEmpty()) {
            options.checkDefaultsAlone();
        }
        return names.stream()
                .map(name -> spec(name, options.optionsOf(name), names))
                .toList();
    }

    /** Returns the names of the batchers that the properties take out, once {@link #plan} has been called. */
    Set<String> disabled() {
        return disabled;
    }

    /** Returns all properties. */
    BatcherProperties properties(List<BatcherSpec> plan) {
        Map<String, Options> instances = new TreeMap<>();
        plan.forEach(spec ->
                instances.put(spec.name(), spec.options().get(spec.options().size() - 1)));
        return options.properties(instances);
    }

    /** Takes a name out, for good, if the properties say so. */
    private boolean isDisabled(String name) {
        return disabled.contains(name) || (!options.isEnabled(name) && disabled.add(name));
    }

    private void add(HandlerMethod handler) {
        requireName(handler.batcher(), handler.describeInFull());
        HandlerMethod other = handlers.computeIfAbsent(handler.batcher(), name -> new EnumMap<>(HandlerKind.class))
                .putIfAbsent(handler.kind(), handler);
        if (other != null) {
            throw twoHandlers(other, handler);
        }
    }

    static BatcherConfigurationException twoHandlers(HandlerMethod one, HandlerMethod other) {
        return new BatcherConfigurationException(
                "Batcher \"" + one.batcher() + "\" has two handlers of the same kind: " + one.describeInFull() + " and "
                        + other.describeInFull() + ".",
                "Remove one of them, or give it another name; a batcher has one method for each purpose.");
    }

    private Set<String> names() {
        Set<String> handled = new TreeSet<>();
        handlers.forEach((name, byKind) -> {
            if (byKind.containsKey(HandlerKind.BATCH)) {
                handled.add(name);
            }
        });
        Set<String> names = new TreeSet<>(handled);
        Set<String> known = new TreeSet<>(handled);
        known.addAll(disabled);
        instances.names(known).forEach((key, where) -> {
            requireName(key, where);
            if (!isDisabled(key) && (handled.contains(key) || !isOfParent(key))) {
                names.add(key);
            }
        });
        handlers.forEach((name, byKind) -> byKind.values().forEach(handler -> requireKnown(name, handler, names)));
        return names;
    }

    private static void requireName(String name, String where) {
        try {
            Batcher.builder(name);
        } catch (IllegalArgumentException e) {
            throw new BatcherConfigurationException(
                    "The name of a batcher is refused in " + where + ": " + e.getMessage() + ".",
                    "Choose another name.",
                    e);
        }
    }

    /** Whether the properties, which a context inherits from its parent, speak of a batcher of the parent. */
    private boolean isOfParent(String name) {
        String beanName = BatcherSpec.beanName(name);
        return beanFactory.containsBean(beanName) && !beanFactory.containsLocalBean(beanName);
    }

    /** A method for failures or dead letters alone makes no batcher, and comes too late for one that was built elsewhere. */
    private void requireKnown(String name, HandlerMethod handler, Set<String> names) {
        if (handler.kind() != HandlerKind.BATCH && isMadeByApplication(name)) {
            throw new BatcherConfigurationException(
                    "Batcher \"" + name + "\" is the application's own bean '" + BatcherSpec.beanName(name)
                            + "', so that " + handler.describeInFull() + " would never be called.",
                    "Give the builder of that bean a callback instead.");
        }
        if (!names.contains(name)) {
            KnownNames known = new KnownNames(names);
            throw new BatcherConfigurationException(
                    "There is no batcher \"" + name + "\" for " + handler.describeInFull() + ". " + known.list()
                            + known.suggestionFor(name),
                    "Correct the name, or add a method with " + HandlerKind.BATCH.on(name) + ".");
        }
    }

    private static void refuseNamesThatAreEqualWithoutHyphens(Collection<String> names) {
        Map<String, String> seen = new HashMap<>();
        for (String name : names) {
            String other = seen.putIfAbsent(OptionNames.uniform(name), name);
            if (other != null) {
                throw new BatcherConfigurationException(
                        "The batchers \"" + other + "\" and \"" + name
                                + "\" have names that are equal without hyphens, so that"
                                + " an environment variable could mean either.",
                        "Give one of them another name.");
            }
        }
    }

    private BatcherSpec spec(String name, List<Options> options, Set<String> names) {
        Map<HandlerKind, HandlerMethod> own = handlers.getOrDefault(name, Map.of());
        ResolvableType itemType = isMadeByApplication(name) ? null : itemType(name, options, own, names);
        BatcherSpec spec = new BatcherSpec(name, options, itemType, own);
        own.values().forEach(handler -> refuseOtherItemType(spec, handler));
        return spec;
    }

    /** A batcher that the application defines under the bean name wins. */
    private boolean isMadeByApplication(String name) {
        String beanName = BatcherSpec.beanName(name);
        if (!beanFactory.containsLocalBean(beanName)) {
            return false;
        }
        Class<?> type = beanFactory.getType(beanName, false);
        if (type == null || !Batcher.class.isAssignableFrom(type)) {
            throw new BatcherConfigurationException(
                    "The bean of batcher \"" + name + "\" has to be called '" + beanName
                            + "', but that bean exists and is a "
                            + (type == null ? "bean of unknown type" : type.getName()) + ".",
                    "Rename that bean, or the batcher.");
        }
        return true;
    }

    private ResolvableType itemType(
            String name, List<Options> options, Map<HandlerKind, HandlerMethod> own, Set<String> names) {
        @Nullable Class<?> configured = options.get(options.size() - 1).itemType();
        if (configured != null) {
            return ResolvableType.forClass(configured);
        }
        HandlerMethod handler = own.get(HandlerKind.BATCH);
        if (handler != null && handler.itemType() != null) {
            return handler.itemType();
        }
        Set<String> others = new TreeSet<>(names);
        others.remove(name);
        KnownNames known = new KnownNames(others);
        String key = InstanceKeys.INSTANCES + "." + name;
        String where = instances.names(others).getOrDefault(name, key);
        throw new BatcherConfigurationException(
                "Batcher \"" + name + "\" is configured (" + where + "), but there is no method with "
                        + HandlerKind.BATCH.on(name) + " and no item-type. " + known.list() + known.suggestionFor(name),
                "Correct the name, add a method with " + HandlerKind.BATCH.on(name) + " to a bean (one whose class its"
                        + " definition tells: a @Bean method returns the class itself, not an interface), or set "
                        + key
                        + ".item-type. If its bean is left out on purpose, by a condition, a profile or a test of a part of the"
                        + " application, set " + key
                        + ".enabled=false. If it is a batcher of a child context, configure it where only"
                        + " the child reads, under a profile or a spring.config.name of its own, or exclude"
                        + " BatcherAutoConfiguration in a parent without batchers."
                        + (instances.isVariable(name)
                                ? " If the variable is not meant for a batcher, rename it; where Kubernetes sets it for a"
                                        + " service, rename the service, or set enableServiceLinks: false for the pod."
                                : ""));
    }

    static void refuseOtherItemType(BatcherSpec spec, HandlerMethod handler) {
        ResolvableType taken = handler.itemType();
        if (taken != null && spec.itemType() != null && !taken.isAssignableFrom(spec.itemType())) {
            throw new BatcherConfigurationException(
                    "Batcher \"" + spec.name() + "\" has items of type " + spec.itemType() + ", but "
                            + handler.describeInFull() + " takes " + taken + ".",
                    "Make them agree: change the method, or batcher.instances." + spec.name() + ".item-type.");
        }
    }
}
