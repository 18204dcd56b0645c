/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.options;

import io.batcher.spring.BatcherProperties;
import io.batcher.spring.internal.BatcherConfigurationException;
import io.batcher.spring.internal.NameSuggestions;
import java.lang.reflect.RecordComponent;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/** The names of options, and what is said of one that does not exist. */
public final class OptionNames {

    /** The group with the options of each batcher, below its name. */
    public static final ConfigurationPropertyName INSTANCES = ConfigurationPropertyName.of("batcher.instances");

    /** As YAML has them, from the place of a batcher. */
    static final Set<String> OPTIONS = Stream.concat(
                    names(BatcherProperties.Options.class).filter(name -> !name.equals("retry")),
                    names(BatcherProperties.Retry.class).map(name -> "retry." + name))
            .collect(Collectors.toUnmodifiableSet());

    /** Those that have no meaning for all batchers. */
    static final Set<String> OF_ONE_BATCHER = Set.of("item-type", "enabled");

    private OptionNames() {}

    /** Whether a property below a batcher, or below the defaults, is an option. */
    static boolean isOption(String prefix, ConfigurationProperty property) {
        return OPTIONS.stream()
                .map(option -> ConfigurationPropertyName.of(prefix + "." + option))
                .anyMatch(property.getName()::equals);
    }

    /** Makes a failure of a property below a batcher, or below the defaults, that is no option. */
    static BatcherConfigurationException unknown(String subject, String prefix, ConfigurationProperty property) {
        String option = property.getName().toString().substring(prefix.length() + 1);
        String meant = OPTIONS.contains("retry." + option)
                ? " Did you mean \"retry." + option + "\"?"
                : new NameSuggestions(OPTIONS).suggestionFor(option);
        return unknown(subject, property, meant, OPTIONS);
    }

    /**
     * Makes such a failure of a property in any group.
     *
     * @param meant a question that begins with a space, or nothing
     * @param options the options that the group has
     */
    static BatcherConfigurationException unknown(
            String subject, ConfigurationProperty property, String meant, Set<String> options) {
        return new BatcherConfigurationException(
                subject + " is not configured properly: " + describe(property) + " is no option." + meant,
                options.isEmpty()
                        ? "Remove it."
                        : "Correct it. The options are "
                                + options.stream().sorted().collect(Collectors.joining(", ")) + ".");
    }

    /** Returns the name of a property and where it was found. */
    static String describe(ConfigurationProperty property) {
        return property.getName() + (property.getOrigin() == null ? "" : " (" + property.getOrigin() + ")");
    }

    /** Returns the names of a group's components, as YAML has them. */
    static Stream<String> names(Class<? extends Record> group) {
        return Stream.of(group.getRecordComponents())
                .map(RecordComponent::getName)
                .map(DataObjectPropertyName::toDashedForm);
    }
}
