/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.options;

import io.batcher.spring.BatcherProperties;
import io.batcher.spring.internal.BatcherConfigurationException;
import io.batcher.spring.internal.BatcherNames;
import io.batcher.spring.internal.NameSuggestions;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.core.env.Environment;

/**
 * Checks the names directly below {@code batcher} that are no group: an option without a batcher, a batcher outside
 * {@code instances}, a misspelled group. Fails for a name that is at most one edit away from a known name, because an ignored
 * option is noticed too late. Logs a warning for a similar name; any other may be the application's own. {@link OptionsBinder}
 * checks the names in the groups.
 *
 * <p>As Spring Boot does, ignores system properties and environment variables.
 */
public final class PropertyCheck {

    private static final Log logger = LogFactory.getLog(PropertyCheck.class);

    private static final ConfigurationPropertyName BATCHER = ConfigurationPropertyName.of("batcher");

    private static final Set<String> GROUPS =
            OptionNames.names(BatcherProperties.class).collect(Collectors.toUnmodifiableSet());

    /** From the last element of an option's name to the names that it may have. */
    private static final Map<String, String> PLACES = places();

    private PropertyCheck() {}

    /**
     * Fails for the first wrong name.
     *
     * @param batchers the names of all batchers
     */
    public static void check(Environment environment, Set<String> batchers) {
        UnboundElementsSourceFilter filter = new UnboundElementsSourceFilter();
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source instanceof IterableConfigurationPropertySource iterable && filter.apply(source)) {
                iterable.stream()
                        .filter(BATCHER::isAncestorOf)
                        .filter(name -> !GROUPS.contains(name.getElement(1, Form.DASHED)))
                        .map(iterable::getConfigurationProperty)
                        .filter(Objects::nonNull)
                        .forEach(property -> check(property, batchers));
            }
        }
    }

    private static void check(ConfigurationProperty property, Set<String> batchers) {
        ConfigurationPropertyName name = property.getName();
        String element = OptionNames.dashed(name, 1);
        if (batchers.contains(name.getElement(1, Form.DASHED))) {
            throw new BatcherConfigurationException(
                    "The options of batcher \"" + element + "\" are misplaced: batcher." + element + ".",
                    "Move them to " + OptionNames.INSTANCES + "." + element + ".");
        }
        boolean hasValue = name.getNumberOfElements() == 2 || name.isNumericIndex(2);
        NameSuggestions candidates = new NameSuggestions(candidates(hasValue));
        candidates.withinOneEdit(element).ifPresent(meant -> {
            throw failure(property, element, meant, hasValue);
        });
        candidates
                .nearest(element)
                .ifPresent(similar -> logger.warn(OptionNames.describe(property)
                        + " is not a property of Batcher and has no effect on it. If \"" + similar
                        + "\" is meant, correct the name; if it is a property of the application, ignore this message or"
                        + " choose another prefix than \"batcher\"."));
    }

    private static Set<String> candidates(boolean hasValue) {
        Set<String> candidates = new TreeSet<>(GROUPS);
        if (hasValue) {
            candidates.addAll(PLACES.keySet());
        } else {
            candidates.addAll(OptionNames.NESTED);
            candidates.addAll(OptionNames.STORES);
            candidates.remove("scheduler"); // has nothing below it
        }
        return candidates;
    }

    private static BatcherConfigurationException failure(
            ConfigurationProperty property, String element, String meant, boolean hasValue) {
        boolean isGroup = !hasValue && GROUPS.contains(meant); // "store" is also an option
        String place = isGroup ? null : PLACES.get(meant);
        String found = OptionNames.describe(property);
        String suggestion = " Did you mean \"" + meant + "\"?";
        if (place == null && !hasValue) {
            return new BatcherConfigurationException(
                    "There is no group of properties batcher." + element + "." + suggestion, "Correct its name.");
        }
        if (place == null) {
            return new BatcherConfigurationException(
                    found + " is not an option." + suggestion,
                    "Correct its name. If it is a property of the application, give it another prefix, or a name that"
                            + " differs from \"" + meant
                            + "\" by more than one letter: this name looks like a typing error.");
        }
        return BatcherNames.uniform(element).equals(BatcherNames.uniform(meant))
                ? new BatcherConfigurationException(found + " is misplaced.", "Move it to " + place + ".")
                : new BatcherConfigurationException(
                        found + " is not an option." + suggestion, "Correct its name, and move it to " + place + ".");
    }

    private static Map<String, String> places() {
        Map<String, String> places = new TreeMap<>();
        Stream.concat(OptionNames.OPTIONS.stream(), OptionNames.NESTED.stream())
                .forEach(option -> places.put(
                        option.substring(option.indexOf('.') + 1),
                        OptionNames.OF_ONE_BATCHER.contains(option)
                                ? OptionNames.INSTANCES + ".<name>." + option
                                : "batcher.defaults." + option + " or " + OptionNames.INSTANCES + ".<name>." + option));
        OptionNames.STORES.forEach(store -> places.put(store, "batcher.store." + store));
        OptionNames.STORE.stream()
                .sorted()
                .forEach(option -> places.merge(
                        option.substring(option.indexOf('.') + 1),
                        "batcher.store." + option,
                        (one, other) -> one + " or " + other));
        OptionNames.ENDPOINT.forEach(name -> places.put(name, "batcher.endpoint." + name));
        OptionNames.HEALTH.forEach(name -> places.put(name, "batcher.health." + name));
        return places;
    }
}
