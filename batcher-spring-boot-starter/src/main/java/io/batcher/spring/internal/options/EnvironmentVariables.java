/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.options;

import io.batcher.spring.internal.BatcherNames;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Filters environment variables: only those that spell the whole name of an option are options of batchers. Kubernetes and Docker
 * describe a service named {@code batcher} or {@code batcher-instances} by variables such as {@code BATCHER_PORT} and
 * {@code BATCHER_INSTANCES_SERVICE_HOST}.
 */
final class EnvironmentVariables {

    private static final ConfigurationPropertyName BATCHER = ConfigurationPropertyName.of("batcher");

    /** The options of a batcher as a variable spells them after its name. */
    private static final Set<String> OPTIONS = uniform(OptionNames.OPTIONS.stream());

    private static final Set<String> STORE = uniform(OptionNames.STORE.stream());
    private static final Set<String> ENDPOINT = uniform(OptionNames.ENDPOINT.stream());
    private static final Set<String> HEALTH = uniform(OptionNames.HEALTH.stream());

    private EnvironmentVariables() {}

    /** Returns the property sources of the environment, without variables that are not options. */
    static List<ConfigurationPropertySource> onlyOptions(Environment environment) {
        return StreamSupport.stream(
                        ConfigurationPropertySources.get(environment).spliterator(), false)
                .map(source -> hasVariables(source) ? source.filter(EnvironmentVariables::isOption) : source)
                .toList();
    }

    /** Returns whether a source contains environment variables. */
    static boolean hasVariables(ConfigurationPropertySource source) {
        return source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource;
    }

    /**
     * Returns the batcher name in a variable below {@code batcher.instances}. The variable may spell the hyphens of the name as
     * underscores, or omit them.
     */
    static String batcherOf(ConfigurationPropertyName name) {
        int first = OptionNames.INSTANCES.getNumberOfElements();
        return IntStream.range(first, optionOf(name))
                .mapToObj(element -> name.getElement(element, Form.ORIGINAL))
                .collect(Collectors.joining("-"));
    }

    private static boolean isOption(ConfigurationPropertyName name) {
        if (!BATCHER.isAncestorOf(name)) {
            return !BATCHER.equals(name);
        }
        return switch (name.getElement(1, Form.UNIFORM)) {
            case "scheduler" -> name.getNumberOfElements() == 2;
            case "store" -> STORE.contains(from(2, name));
            case "endpoint" -> ENDPOINT.contains(from(2, name));
            case "health" -> HEALTH.contains(from(2, name));
            case "defaults" -> OPTIONS.contains(from(2, name));
            case "instances" -> optionOf(name) < name.getNumberOfElements();
            default -> false;
        };
    }

    /** Returns the index of the first element of the option; the number of elements if there is no option. */
    private static int optionOf(ConfigurationPropertyName name) {
        int elements = name.getNumberOfElements();
        return IntStream.range(OptionNames.INSTANCES.getNumberOfElements() + 1, elements)
                .filter(element -> OPTIONS.contains(from(element, name)))
                .findFirst()
                .orElse(elements);
    }

    /** Returns the elements from the given index on, without a list index at the end. */
    private static String from(int first, ConfigurationPropertyName name) {
        int last = name.getNumberOfElements() - 1;
        int end = name.isNumericIndex(last) ? last : last + 1;
        return IntStream.range(first, end)
                .mapToObj(element -> BatcherNames.uniform(name.getElement(element, Form.UNIFORM)))
                .collect(Collectors.joining());
    }

    private static Set<String> uniform(Stream<String> names) {
        return names.map(BatcherNames::uniform).collect(Collectors.toUnmodifiableSet());
    }
}
