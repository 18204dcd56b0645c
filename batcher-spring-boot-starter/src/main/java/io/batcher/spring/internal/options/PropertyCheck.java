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
 *
 * <p>Anything else directly below {@code batcher} may be the application's own. It is refused only if one letter, or two that have
 * changed places, make the difference to a name of ours; where more letters do, a warning is all.
 */
public final class PropertyCheck {

    private static final Log logger = LogFactory.getLog(PropertyCheck.class);

    private static final ConfigurationPropertyName BATCHER = ConfigurationPropertyName.of("batcher");

    private static final Set<String> GROUPS =
            OptionNames.names(BatcherProperties.class).collect(Collectors.toUnmodifiableSet());

    /** What the groups have that are bound as a whole; {@code scheduler} is a value and has nothing below it. */
    private static final Map<String, Set<String>> MEMBERS = Map.of(
            "scheduler", Set.of(),
            "endpoint", OptionNames.names(BatcherProperties.Endpoint.class).collect(Collectors.toUnmodifiableSet()),
            "health", OptionNames.names(BatcherProperties.Health.class).collect(Collectors.toUnmodifiableSet()));

    /** From the last word of an option to where it belongs, in words. */
    private static final Map<String, String> PLACES = places();

    private PropertyCheck() {}

    /**
     * Refuses the first that is found.
     *
     * @param names the names of all batchers
     */
    public static void refuse(Environment environment, Set<String> names) {
        UnboundElementsSourceFilter counts = new UnboundElementsSourceFilter();
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source instanceof IterableConfigurationPropertySource iterable && counts.apply(source)) {
                iterable.stream()
                        .filter(BATCHER::isAncestorOf)
                        .map(iterable::getConfigurationProperty)
                        .filter(Objects::nonNull)
                        .forEach(property -> refuse(property, names));
            }
        }
    }

    private static void refuse(ConfigurationProperty property, Set<String> names) {
        String first = property.getName().getElement(1, Form.DASHED);
        if (GROUPS.contains(first)) {
            refuseUnknownMember(first, property);
        } else if (names.contains(first)) {
            throw new BatcherConfigurationException(
                    "The options of batcher \"" + first + "\" are in a wrong place: batcher." + first + ".",
                    "Move them to " + OptionNames.INSTANCES + "." + first + ".");
        } else {
            refuseOption(property);
        }
    }

    /** The groups of the defaults and of the instances are checked where they are bound. */
    private static void refuseUnknownMember(String group, ConfigurationProperty property) {
        ConfigurationPropertyName name = property.getName();
        Set<String> members = MEMBERS.get(group);
        if (members == null || name.getNumberOfElements() == 2) {
            return;
        }
        String member = name.getElement(2, Form.UNIFORM);
        boolean known = name.getNumberOfElements() == 3
                && members.stream().map(BatcherNames::uniform).anyMatch(member::equals);
        if (!known) {
            String meant = new NameSuggestions(members).suggestionFor(dashed(name, 2));
            throw OptionNames.unknown(BATCHER + "." + group, property, meant, members);
        }
    }

    private static void refuseOption(ConfigurationProperty property) {
        ConfigurationPropertyName name = property.getName();
        boolean isValue = name.getNumberOfElements() == 2 || name.isNumericIndex(2);
        Set<String> candidates = new TreeSet<>(isValue ? PLACES.keySet() : Set.of("retry"));
        candidates.addAll(GROUPS);
        if (!isValue) {
            candidates.remove("scheduler"); // has nothing below it
        }
        String word = dashed(name, 1);
        NameSuggestions known = new NameSuggestions(candidates);
        known.ofTypingError(word).ifPresent(meant -> {
            throw misplaced(property, word, meant, isValue);
        });
        known.nearest(word)
                .ifPresent(near -> logger.warn(OptionNames.describe(property)
                        + " is not a property of Batcher and has no effect on it. If \"" + near
                        + "\" is meant, correct the name; if it is a property of the application, ignore this message or"
                        + " choose another prefix than \"batcher\"."));
    }

    private static BatcherConfigurationException misplaced(
            ConfigurationProperty property, String word, String meant, boolean isValue) {
        String question = " Did you mean \"" + meant + "\"?";
        String place = PLACES.get(meant);
        if (place == null && isValue) {
            return new BatcherConfigurationException(
                    OptionNames.describe(property) + " is no option." + question,
                    "Correct its name. If it is a property of the application, give it another prefix, or a name that"
                            + " differs from \"" + meant
                            + "\" by more than one letter: this one looks like a typing error.");
        }
        if (place == null) {
            return new BatcherConfigurationException(
                    "There is no group of properties batcher." + word + "." + question, "Correct its name.");
        }
        return BatcherNames.uniform(word).equals(BatcherNames.uniform(meant))
                ? new BatcherConfigurationException(
                        OptionNames.describe(property) + " is in a wrong place.", "Move it to " + place + ".")
                : new BatcherConfigurationException(
                        OptionNames.describe(property) + " is no option." + question,
                        "Correct its name, and move it to " + place + ".");
    }

    private static Map<String, String> places() {
        Map<String, String> places = new TreeMap<>();
        MEMBERS.forEach((group, members) ->
                members.forEach(member -> places.put(member, BATCHER + "." + group + "." + member)));
        Stream.concat(OptionNames.OPTIONS.stream(), Stream.of("retry"))
                .forEach(option -> places.put(
                        option.substring(option.indexOf('.') + 1),
                        "batcher.defaults." + option + " or " + OptionNames.INSTANCES + ".<name>." + option));
        for (String option : OptionNames.OF_ONE_BATCHER) {
            places.put(option, OptionNames.INSTANCES + ".<name>." + option);
        }
        return places;
    }

    private static String dashed(ConfigurationPropertyName name, int element) {
        return DataObjectPropertyName.toDashedForm(name.getElement(element, Form.ORIGINAL));
    }
}
