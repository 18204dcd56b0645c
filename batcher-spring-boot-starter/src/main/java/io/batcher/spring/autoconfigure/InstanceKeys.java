/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * The names of batchers under {@code batcher.instances}, as the property sources spell them.
 *
 * <p>An environment variable cannot spell a hyphen: {@code BATCHER_INSTANCES_ORDERAUDIT_INTERVAL} may mean
 * {@code order-audit}. Such a variable counts as a name of its own only if no batcher is known that it can belong to.
 */
final class InstanceKeys {

    static final ConfigurationPropertyName INSTANCES = ConfigurationPropertyName.of("batcher.instances");

    /** As a variable spells what may follow the name of a batcher. */
    private static final Set<String> OPTIONS = Stream.concat(OptionNames.OPTIONS.stream(), Stream.of("retry"))
            .map(InstanceKeys::uniform)
            .collect(Collectors.toUnmodifiableSet());

    private final Set<String> spelled = new LinkedHashSet<>();
    /** From all that a variable says after the prefix, in uniform form, to its first word. */
    private final Map<String, String> variables = new LinkedHashMap<>();

    InstanceKeys(Environment environment) {
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source instanceof IterableConfigurationPropertySource iterable) {
                boolean variable = source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource;
                iterable.stream().filter(INSTANCES::isAncestorOf).forEach(name -> add(name, variable));
            }
        }
    }

    /**
     * Returns the names.
     *
     * @param known the names that are known otherwise, to which a variable may belong
     */
    Set<String> names(Set<String> known) {
        Set<String> names = new LinkedHashSet<>(spelled);
        Set<String> owners = Stream.concat(known.stream(), spelled.stream())
                .map(InstanceKeys::uniform)
                .collect(Collectors.toSet());
        variables.forEach((whole, firstWord) -> {
            if (owners.stream().noneMatch(owner -> isOptionOf(owner, whole))) {
                names.add(firstWord);
            }
        });
        return names;
    }

    /** Returns the form in which names are compared: what an environment variable can spell. */
    static String uniform(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }

    private void add(ConfigurationPropertyName name, boolean variable) {
        String key = name.getElement(INSTANCES.getNumberOfElements(), Form.ORIGINAL);
        if (variable) {
            variables.put(uniform(name.subName(INSTANCES.getNumberOfElements()).toString()), key);
        } else {
            spelled.add(key);
        }
    }

    private static boolean isOptionOf(String owner, String whole) {
        return whole.startsWith(owner)
                && OPTIONS.contains(whole.substring(owner.length()).replaceAll("\\d+$", "")); // a list has indexes
    }
}
