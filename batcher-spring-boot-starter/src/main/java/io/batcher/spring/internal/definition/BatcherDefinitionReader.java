/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.definition;

import io.batcher.Batcher;
import io.batcher.spring.BatcherProperties;
import io.batcher.spring.BatcherProperties.Options;
import io.batcher.spring.internal.BatcherConfigurationException;
import io.batcher.spring.internal.BatcherNames;
import io.batcher.spring.internal.NameSuggestions;
import io.batcher.spring.internal.handler.HandlerKind;
import io.batcher.spring.internal.handler.HandlerMethod;
import io.batcher.spring.internal.handler.HandlerScanner;
import io.batcher.spring.internal.options.InstanceNames;
import io.batcher.spring.internal.options.OptionNames;
import io.batcher.spring.internal.options.OptionsBinder;
import io.batcher.spring.internal.options.PropertyCheck;
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
final class BatcherDefinitionReader {

    private final ConfigurableListableBeanFactory beanFactory;
    private final Environment environment;
    private final OptionsBinder options;
    private final InstanceNames instances;
    private final Map<String, Map<HandlerKind, HandlerMethod>> handlers = new TreeMap<>();
    private final Set<String> disabled = new TreeSet<>();

    BatcherDefinitionReader(ConfigurableListableBeanFactory beanFactory, Environment environment) {
        this.beanFactory = beanFactory;
        this.environment = environment;
        this.options = new OptionsBinder(environment);
        this.instances = new InstanceNames(environment);
    }

    /** Returns the batchers, sorted by name. */
    List<BatcherDefinition> read() {
        new HandlerScanner(beanFactory, environment, this::isDisabled)
                .handlers()
                .forEach(this::add);
        Set<String> handled = new TreeSet<>(disabled); // the scan has left them out
        Set<String> names = names();
        handled.addAll(names);
        refuseNamesThatAreEqualWithoutHyphens(handled); // no property, nor "enabled", can tell them apart
        PropertyCheck.check(environment, names);
        if (names.isEmpty()) {
            options.checkDefaultsAlone();
        }
        return names.stream()
                .map(name -> definition(name, options.optionsOf(name), names))
                .toList();
    }

    /** Returns the names of the batchers that the properties take out, once {@link #read} has been called. */
    Set<String> disabled() {
        return disabled;
    }

    /** Returns all properties. */
    BatcherProperties properties(List<BatcherDefinition> definitions) {
        Map<String, Options> instances = new TreeMap<>();
        definitions.forEach(definition -> instances.put(
                definition.name(), definition.options().get(definition.options().size() - 1)));
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
            throw BatcherDefinition.twoHandlers(other, handler);
        }
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
        String beanName = BatcherNames.beanName(name);
        return beanFactory.containsBean(beanName) && !beanFactory.containsLocalBean(beanName);
    }

    /** A method for failures or dead letters alone makes no batcher, and comes too late for one that was built elsewhere. */
    private void requireKnown(String name, HandlerMethod handler, Set<String> names) {
        if (handler.kind() != HandlerKind.BATCH && isMadeByApplication(name)) {
            throw new BatcherConfigurationException(
                    "Batcher \"" + name + "\" is the application's own bean '" + BatcherNames.beanName(name)
                            + "', so that " + handler.describeInFull() + " would never be called.",
                    "Give the builder of that bean a callback instead.");
        }
        if (!names.contains(name)) {
            NameSuggestions known = new NameSuggestions(names);
            throw new BatcherConfigurationException(
                    "There is no batcher \"" + name + "\" for " + handler.describeInFull() + ". " + known.list()
                            + known.suggestionFor(name),
                    "Correct the name, or add a method with " + HandlerKind.BATCH.on(name) + ".");
        }
    }

    private static void refuseNamesThatAreEqualWithoutHyphens(Collection<String> names) {
        Map<String, String> seen = new HashMap<>();
        for (String name : names) {
            String other = seen.putIfAbsent(BatcherNames.uniform(name), name);
            if (other != null) {
                throw new BatcherConfigurationException(
                        "The batchers \"" + other + "\" and \"" + name
                                + "\" have names that are equal without hyphens, so that"
                                + " an environment variable could mean either.",
                        "Give one of them another name.");
            }
        }
    }

    private BatcherDefinition definition(String name, List<Options> options, Set<String> names) {
        Map<HandlerKind, HandlerMethod> own = handlers.getOrDefault(name, Map.of());
        ResolvableType itemType = isMadeByApplication(name) ? null : itemType(name, options, own, names);
        BatcherDefinition definition = new BatcherDefinition(name, options, itemType, own);
        own.values().forEach(definition::requireItemType);
        return definition;
    }

    /** A batcher that the application defines under the bean name wins. */
    private boolean isMadeByApplication(String name) {
        String beanName = BatcherNames.beanName(name);
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
        NameSuggestions known = new NameSuggestions(others);
        String key = OptionNames.INSTANCES + "." + name;
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
}
