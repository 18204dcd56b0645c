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

/** Reads the definitions of batchers from properties and annotated methods, and rejects contradictions. */
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
        Set<String> handled = new TreeSet<>(disabled); // the scanner skips them
        Set<String> names = names();
        handled.addAll(names);
        rejectNamesThatDifferOnlyInHyphens(handled); // properties, including "enabled", cannot distinguish them
        PropertyCheck.check(environment, names);
        if (names.isEmpty()) {
            options.checkDefaultsAlone();
        }
        return names.stream()
                .map(name -> definition(name, options.optionsOf(name), names))
                .toList();
    }

    /** Returns the names of the disabled batchers. Complete after {@link #read}. */
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

    /** Returns whether a batcher is disabled, and remembers it. */
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
                    "The batcher name in " + where + " is invalid: " + e.getMessage() + ".", "Choose another name.", e);
        }
    }

    /** Returns whether the name belongs to a batcher of the parent context, whose properties a child inherits. */
    private boolean isOfParent(String name) {
        String beanName = BatcherNames.beanName(name);
        return beanFactory.containsBean(beanName) && !beanFactory.containsLocalBean(beanName);
    }

    /** Rejects an error, dead-letter or key method without a batcher, or for a batcher that was built without it. */
    private void requireKnown(String name, HandlerMethod handler, Set<String> names) {
        if (handler.kind() != HandlerKind.BATCH && isDefinedByApplication(name)) {
            throw new BatcherConfigurationException(
                    "Batcher \"" + name + "\" is the application's own bean '" + BatcherNames.beanName(name)
                            + "'; therefore " + handler.describeInFull() + " would never be called.",
                    "Set " + (handler.kind() == HandlerKind.KEY ? "the key" : "a callback")
                            + " on the builder of that bean instead.");
        }
        if (!names.contains(name)) {
            NameSuggestions known = new NameSuggestions(names);
            throw new BatcherConfigurationException(
                    "There is no batcher \"" + name + "\" for " + handler.describeInFull() + ". " + known.list()
                            + known.suggestionFor(name),
                    "Correct the name, or add a method with " + HandlerKind.BATCH.on(name) + ".");
        }
    }

    private static void rejectNamesThatDifferOnlyInHyphens(Collection<String> names) {
        Map<String, String> seen = new HashMap<>();
        for (String name : names) {
            String other = seen.putIfAbsent(BatcherNames.uniform(name), name);
            if (other != null) {
                throw new BatcherConfigurationException(
                        "The batchers \"" + other + "\" and \"" + name
                                + "\" have names that differ only in hyphens, which an environment variable cannot distinguish.",
                        "Rename one of them.");
            }
        }
    }

    private BatcherDefinition definition(String name, List<Options> options, Set<String> names) {
        Map<HandlerKind, HandlerMethod> own = handlers.getOrDefault(name, Map.of());
        ResolvableType itemType = isDefinedByApplication(name) ? null : itemType(name, options, own, names);
        BatcherDefinition definition = new BatcherDefinition(name, options, itemType, own);
        own.values().forEach(definition::requireItemType);
        return definition;
    }

    /** Returns whether the application defines the batcher bean itself; its definition takes precedence. */
    private boolean isDefinedByApplication(String name) {
        String beanName = BatcherNames.beanName(name);
        if (!beanFactory.containsLocalBean(beanName)) {
            return false;
        }
        Class<?> type = beanFactory.getType(beanName, false);
        if (type == null || !Batcher.class.isAssignableFrom(type)) {
            throw new BatcherConfigurationException(
                    "The bean of batcher \"" + name + "\" must be named '" + beanName
                            + "', but a bean with this name exists and is a "
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
                "Correct the name, add a method with " + HandlerKind.BATCH.on(name) + " to a bean (its @Bean method"
                        + " must return the class itself, not an interface), or set " + key
                        + ".item-type. If the bean is excluded intentionally, by a condition, a profile or a test slice,"
                        + " set " + key
                        + ".enabled=false. If the batcher belongs to a child context, configure it where only the child"
                        + " reads it, under a separate profile or spring.config.name, or exclude"
                        + " BatcherAutoConfiguration in a parent without batchers."
                        + (instances.isVariable(name)
                                ? " If the variable is not meant for a batcher, rename it. If Kubernetes sets it for a"
                                        + " service, rename the service, or set enableServiceLinks: false for the pod."
                                : ""));
    }
}
