/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.options;

import io.batcher.spring.BatcherProperties;
import io.batcher.spring.internal.BatcherConfigurationException;
import io.batcher.spring.internal.NameSuggestions;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

/** The names of options, and the failure for an unknown one. */
public final class OptionNames {

    /** The group with the options of each batcher, below its name. */
    public static final ConfigurationPropertyName INSTANCES = ConfigurationPropertyName.of("batcher.instances");

    /** The groups of options within those of a batcher. */
    static final List<String> NESTED = List.of("retry", "pace");

    /** The options of a batcher, in the form of YAML. */
    static final Set<String> OPTIONS = Stream.of(
                    names(BatcherProperties.Options.class).filter(name -> !NESTED.contains(name)),
                    names(BatcherProperties.Retry.class).map(name -> "retry." + name),
                    names(BatcherProperties.Pace.class).map(name -> "pace." + name))
            .flatMap(names -> names)
            .collect(Collectors.toUnmodifiableSet());

    /** The groups of options within those of the stores. */
    static final Set<String> STORES = names(BatcherProperties.Store.class).collect(Collectors.toUnmodifiableSet());

    /** The options of the stores, in the form of YAML. */
    static final Set<String> STORE = Stream.of(BatcherProperties.Store.class.getRecordComponents())
            .flatMap(store ->
                    names(store.getType().asSubclass(Record.class)).map(option -> store.getName() + "." + option))
            .collect(Collectors.toUnmodifiableSet());

    static final Set<String> ENDPOINT = names(BatcherProperties.Endpoint.class).collect(Collectors.toUnmodifiableSet());

    static final Set<String> HEALTH = names(BatcherProperties.Health.class).collect(Collectors.toUnmodifiableSet());

    /** The options that have no meaning in the defaults. */
    static final Set<String> OF_ONE_BATCHER = Set.of("item-type", "item-name", "enabled");

    private OptionNames() {}

    /** Returns whether a property is one of the options of a group. */
    static boolean isOption(String group, ConfigurationProperty property, Set<String> options) {
        return options.stream()
                .map(option -> ConfigurationPropertyName.of(group + "." + option))
                .anyMatch(property.getName()::equals);
    }

    /** Returns the failure for a property that is none of the options of a group. */
    static BatcherConfigurationException unknown(
            String subject, String group, ConfigurationProperty property, Set<String> options) {
        return new BatcherConfigurationException(
                subject + " is not configured properly: " + describe(property) + " is not an option."
                        + suggestion(group, property.getName(), options),
                options.isEmpty()
                        ? "Remove it."
                        : "Correct it. The options are "
                                + options.stream().sorted().collect(Collectors.joining(", ")) + ".");
    }

    private static String suggestion(String group, ConfigurationPropertyName name, Set<String> options) {
        NameSuggestions suggestions = new NameSuggestions(options);
        if (options.equals(STORE)) {
            return suggestions.suggestionFor(dashedFrom(name, 2));
        }
        if (!options.equals(OPTIONS)) {
            return suggestions.suggestionFor(dashed(name, 2));
        }
        String option = name.toString().substring(group.length() + 1);
        return NESTED.stream()
                .map(nested -> nested + "." + option)
                .filter(options::contains)
                .findFirst()
                .map(nested -> " Did you mean \"" + nested + "\"?")
                .orElseGet(() -> suggestions.suggestionFor(option));
    }

    /** Returns an element of a name in the form of YAML. */
    static String dashed(ConfigurationPropertyName name, int element) {
        return DataObjectPropertyName.toDashedForm(name.getElement(element, Form.ORIGINAL));
    }

    private static String dashedFrom(ConfigurationPropertyName name, int first) {
        return IntStream.range(first, name.getNumberOfElements())
                .mapToObj(element -> dashed(name, element))
                .collect(Collectors.joining("."));
    }

    /** Returns the name of a property and its origin. */
    static String describe(ConfigurationProperty property) {
        return property.getName() + (property.getOrigin() == null ? "" : " (" + property.getOrigin() + ")");
    }

    /** Returns the names of a group's components, in the form of YAML. */
    static Stream<String> names(Class<? extends Record> group) {
        return Stream.of(group.getRecordComponents())
                .map(RecordComponent::getName)
                .map(DataObjectPropertyName::toDashedForm);
    }
}
