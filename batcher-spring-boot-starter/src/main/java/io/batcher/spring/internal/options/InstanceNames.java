/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.options;

import io.batcher.spring.internal.BatcherNames;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;

/**
 * The names of batchers below {@code batcher.instances}, as spelled in the property sources.
 *
 * <p>An environment variable cannot spell a hyphen: {@code BATCHER_INSTANCES_ORDERAUDIT_INTERVAL} may mean {@code order-audit}. A
 * variable defines a name only if it matches no other known batcher.
 */
public final class InstanceNames {

    /** From each name to its location, for messages. */
    private final Map<String, String> spelled = new LinkedHashMap<>();

    private final Map<String, String> variables = new LinkedHashMap<>();

    public InstanceNames(Environment environment) {
        for (ConfigurationPropertySource source : EnvironmentVariables.onlyOptions(environment)) {
            if (source instanceof IterableConfigurationPropertySource iterable) {
                iterable.stream().filter(OptionNames.INSTANCES::isAncestorOf).forEach(name -> add(name, iterable));
            }
        }
    }

    /**
     * Returns the names and their locations.
     *
     * @param known names from other sources, which a variable may refer to
     */
    public Map<String, String> names(Set<String> known) {
        Map<String, String> names = new LinkedHashMap<>(spelled);
        Set<String> owners = Stream.concat(known.stream(), spelled.keySet().stream())
                .map(BatcherNames::uniform)
                .collect(Collectors.toSet());
        variables.forEach((name, where) -> {
            if (!owners.contains(BatcherNames.uniform(name))) {
                names.put(name, where);
            }
        });
        return names;
    }

    /** Returns whether a name occurs only in environment variables. */
    public boolean isVariable(String name) {
        return !spelled.containsKey(name) && variables.containsKey(name);
    }

    private void add(ConfigurationPropertyName name, IterableConfigurationPropertySource source) {
        if (EnvironmentVariables.hasVariables(source)) {
            ConfigurationProperty variable = source.getConfigurationProperty(name);
            variables.putIfAbsent(
                    EnvironmentVariables.batcherOf(name),
                    variable == null ? name.toString() : OptionNames.describe(variable));
        } else {
            String key = name.getElement(OptionNames.INSTANCES.getNumberOfElements(), Form.ORIGINAL);
            spelled.put(key, OptionNames.INSTANCES + "." + key);
        }
    }
}
