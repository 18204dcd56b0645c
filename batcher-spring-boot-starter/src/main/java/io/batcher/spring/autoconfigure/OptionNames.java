/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import java.lang.reflect.RecordComponent;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.core.env.Environment;

/**
 * Refuses names under {@code batcher} that are misspelled or in a wrong place: an option that is silently ignored, a limit of
 * attempts for example, is found out too late. System properties and environment variables are not looked at, as is Spring
 * Boot's custom.
 */
final class OptionNames {

    private static final ConfigurationPropertyName BATCHER = ConfigurationPropertyName.of("batcher");

    /** As YAML has them, from the place of a batcher. */
    static final Set<String> OPTIONS = Stream.concat(
                    names(BatcherProperties.Options.class).filter(name -> !name.equals("retry")),
                    names(BatcherProperties.Retry.class).map(name -> "retry." + name))
            .collect(Collectors.toUnmodifiableSet());

    private static final Set<String> GROUPS = names(BatcherProperties.class).collect(Collectors.toUnmodifiableSet());

    private OptionNames() {}

    /** Makes a failure of a property below a batcher, or below the defaults, that is no option. */
    static BatcherConfigurationException unknown(String subject, String prefix, ConfigurationProperty property) {
        String option = property.getName().toString().substring(prefix.length() + 1);
        String meant = OPTIONS.contains("retry." + option)
                ? " Did you mean \"retry." + option + "\"?"
                : new KnownNames(OPTIONS).suggestionFor(option);
        return new BatcherConfigurationException(
                subject + " is not configured properly: " + property.getName()
                        + (property.getOrigin() == null ? "" : " (" + property.getOrigin() + ")") + " is no option."
                        + meant,
                "Correct it. The options are " + OPTIONS.stream().sorted().collect(Collectors.joining(", ")) + ".");
    }

    /**
     * Refuses what looks like a group or a batcher in a wrong place. Anything else directly below {@code batcher} may be the
     * application's own.
     *
     * @param names the names of all batchers
     */
    static void refuseMisplaced(Environment environment, Set<String> names) {
        UnboundElementsSourceFilter counts = new UnboundElementsSourceFilter();
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source instanceof IterableConfigurationPropertySource iterable && counts.apply(source)) {
                iterable.stream()
                        .filter(BATCHER::isAncestorOf)
                        .map(name -> name.getElement(1, Form.DASHED))
                        .distinct()
                        .forEach(group -> refuseMisplaced(group, names));
            }
        }
    }

    private static void refuseMisplaced(String group, Set<String> names) {
        if (GROUPS.contains(group)) {
            return;
        }
        if (names.contains(group)) {
            throw new BatcherConfigurationException(
                    "The options of batcher \"" + group + "\" are in a wrong place: batcher." + group + ".",
                    "Move them to " + InstanceKeys.INSTANCES + "." + group + ".");
        }
        String meant = new KnownNames(GROUPS).suggestionFor(group);
        if (!meant.isEmpty()) {
            throw new BatcherConfigurationException(
                    "There is no group of properties batcher." + group + "." + meant, "Correct its name.");
        }
    }

    private static Stream<String> names(Class<? extends Record> group) {
        return Stream.of(group.getRecordComponents())
                .map(RecordComponent::getName)
                .map(DataObjectPropertyName::toDashedForm);
    }
}
