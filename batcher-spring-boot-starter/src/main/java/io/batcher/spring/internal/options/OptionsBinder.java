/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.options;

import io.batcher.spring.BatcherProperties;
import io.batcher.spring.BatcherProperties.Options;
import io.batcher.spring.internal.BatcherConfigurationException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;

/**
 * Binds and validates the options of batchers before any bean exists. Binds each batcher separately, not as a map, because an
 * environment variable cannot spell a map key with a hyphen.
 */
public final class OptionsBinder {

    private static final String DEFAULTS = "batcher.defaults";

    private final Binder binder;
    private final Options defaults;

    public OptionsBinder(Environment environment) {
        this.binder = new Binder(
                EnvironmentVariables.onlyOptions(environment), new PropertySourcesPlaceholdersResolver(environment));
        this.defaults = bind(DEFAULTS, DEFAULTS);
        if (defaults.enabled() != null) {
            throw new BatcherConfigurationException(
                    DEFAULTS + ".enabled has no meaning: batchers are disabled individually.",
                    "Remove it, and set batcher.instances.<name>.enabled=false for each batcher to disable.");
        }
        if (defaults.itemType() != null) {
            throw new BatcherConfigurationException(
                    DEFAULTS + ".item-type has no meaning: each batcher has its own item type.",
                    "Remove it, and set batcher.instances.<name>.item-type for batchers without a @BatchHandler method.");
        }
        if (defaults.itemName() != null) {
            throw new BatcherConfigurationException(
                    DEFAULTS + ".item-name has no meaning: each batcher has its own item type.",
                    "Remove it, and set batcher.instances.<name>.item-name where the simple name of the item type is not"
                            + " to be stored.");
        }
        checkDefaults(() -> OptionsMapper.checkValues(defaults));
    }

    /** Validates the combination of the defaults, if there is no batcher that completes them. */
    public void checkDefaultsAlone() {
        checkDefaults(() -> OptionsMapper.check(List.of(defaults)));
    }

    /** Returns whether a batcher is enabled. The other options of a disabled batcher are not read. */
    public boolean isEnabled(String name) {
        String property = OptionNames.INSTANCES + "." + name + ".enabled";
        try {
            return !ConfigurationPropertyName.isValid(property)
                    || binder.bind(property, Boolean.class).orElse(true);
        } catch (BindException e) {
            throw invalid("Batcher \"" + name + "\"", e);
        }
    }

    /** Returns all properties, with the given options of each batcher. */
    public BatcherProperties properties(Map<String, Options> instances) {
        return new BatcherProperties(
                defaults,
                instances,
                scheduler(),
                stores(),
                group("batcher.endpoint", BatcherProperties.Endpoint.class, OptionNames.ENDPOINT),
                group("batcher.health", BatcherProperties.Health.class, OptionNames.HEALTH));
    }

    /** Returns the options of a batcher: the inherited layer, then its own. */
    public List<Options> optionsOf(String name) {
        String prefix = OptionNames.INSTANCES + "." + name;
        String subject = "Batcher \"" + name + "\"";
        List<Options> layers = List.of(defaults, bind(prefix, subject));
        String action = "Correct " + prefix + ", or " + DEFAULTS + " from which it inherits.";
        check(subject, () -> OptionsMapper.check(layers), action);
        return layers;
    }

    private Options bind(String group, String subject) {
        try {
            return bind(
                    group,
                    subject,
                    OptionNames.OPTIONS,
                    handler -> binder.bindOrCreate(group, Bindable.of(Options.class), handler));
        } catch (BindException e) {
            throw invalid(subject, e);
        }
    }

    private <T> T group(String group, Class<T> type, Set<String> options) {
        return bind(group, group, options, handler -> binder.bindOrCreate(group, Bindable.of(type), handler));
    }

    private BatcherProperties.Store stores() {
        if (binder.bind("batcher.store", String.class).isBound()) {
            throw new BatcherConfigurationException(
                    "batcher.store is misplaced: it has the settings of the stores below it, not a value.",
                    "Move it to " + DEFAULTS + ".store or batcher.instances.<name>.store.");
        }
        return group("batcher.store", BatcherProperties.Store.class, OptionNames.STORE);
    }

    private @Nullable String scheduler() {
        String name = "batcher.scheduler";
        return bind(name, name, Set.of(), handler -> binder.bind(name, Bindable.of(String.class), handler))
                .orElse(null);
    }

    /** Binds a group. Fails for a property that is none of its options; one with an empty value counts as not set. */
    private static <T> T bind(String group, String subject, Set<String> options, Function<BindHandler, T> bind) {
        try {
            return bind.apply(new NoUnboundElementsBindHandler(BindHandler.DEFAULT, new UnboundElementsSourceFilter()));
        } catch (BindException e) {
            if (!(e.getCause() instanceof UnboundConfigurationPropertiesException unbound)) {
                throw e;
            }
            for (ConfigurationProperty property : unbound.getUnboundProperties()) {
                if (!OptionNames.isOption(group, property, options)) {
                    throw OptionNames.unknown(subject, group, property, options);
                }
            }
            return bind.apply(BindHandler.DEFAULT);
        }
    }

    private static BatcherConfigurationException invalid(String subject, BindException e) {
        return new BatcherConfigurationException(
                subject + " is not configured properly: " + describe(e) + ".", "Correct the value.", e);
    }

    private static void checkDefaults(Runnable rules) {
        check(DEFAULTS, rules, "Correct " + DEFAULTS + ".");
    }

    private static void check(String subject, Runnable rules, String action) {
        try {
            rules.run();
        } catch (IllegalArgumentException e) {
            throw new BatcherConfigurationException(
                    subject + " is not configured properly: " + e.getMessage() + ".", action, e);
        }
    }

    private static String describe(BindException e) {
        String reason = reason(
                NestedExceptionUtils.getMostSpecificCause(e), e.getTarget().getType());
        @Nullable ConfigurationProperty property = e.getProperty();
        return property == null
                ? e.getName() + " cannot be bound: " + reason
                : property.getName() + " has the value \"" + property.getValue() + "\""
                        + (property.getOrigin() == null ? "" : " (" + property.getOrigin() + ")")
                        + ", which is invalid: "
                        + reason;
    }

    /** Returns a reason in terms of properties; conversion failures name Java classes and constants. */
    private static @Nullable String reason(Throwable cause, ResolvableType target) {
        Class<?> type = target.resolve(Object.class);
        if (type.isEnum()) {
            return "valid values are "
                    + Stream.of(type.getEnumConstants())
                            .map(value ->
                                    value.toString().toLowerCase(Locale.ROOT).replace('_', '-'))
                            .collect(Collectors.joining(", "));
        }
        if (type == Boolean.class) {
            return "valid values are true, false";
        }
        if (cause instanceof ClassNotFoundException) {
            return "the class is not on the class path; use its fully qualified name";
        }
        return cause.getMessage();
    }
}
