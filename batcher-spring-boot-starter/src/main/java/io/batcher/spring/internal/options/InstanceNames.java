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
 * The names of batchers under {@code batcher.instances}, as the property sources spell them.
 *
 * <p>An environment variable cannot spell a hyphen: {@code BATCHER_INSTANCES_ORDERAUDIT_INTERVAL} may mean
 * {@code order-audit}. Such a variable counts as a name of its own only if no batcher is known that it can belong to.
 */
public final class InstanceNames {

    /** From each name to where it is found, in words. */
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
     * Returns the names, and where each of them is found.
     *
     * @param known the names that are known otherwise, to which a variable may belong
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

    /** Whether a name is found in environment variables only. */
    public boolean isVariable(String name) {
        return !spelled.containsKey(name) && variables.containsKey(name);
    }

    private void add(ConfigurationPropertyName name, IterableConfigurationPropertySource source) {
        if (EnvironmentVariables.isMadeOf(source)) {
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
