/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import io.batcher.spring.autoconfigure.BatcherProperties.Options;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.Environment;

/**
 * Reads and checks the options of batchers, before any bean exists. Each name is bound by itself, not as a key of a map: only
 * so does an environment variable reach a name with a hyphen.
 */
final class OptionsBinder {

    private static final String DEFAULTS = "batcher.defaults";

    private final Binder binder;
    private final Options defaults;

    OptionsBinder(Environment environment) {
        this.binder = Binder.get(environment);
        this.defaults = bind(DEFAULTS, DEFAULTS);
        if (defaults.itemType() != null) {
            throw new BatcherConfigurationException(
                    DEFAULTS + ".item-type has no meaning: each batcher has an item type of its own.",
                    "Remove it, and set batcher.instances.<name>.item-type where no @BatchHandler method tells the type.");
        }
        check(DEFAULTS, List.of(defaults), "Correct " + DEFAULTS + ".");
    }

    /** Returns the options of one batcher, its own after those that it inherits. */
    List<Options> optionsOf(String name) {
        String prefix = InstanceKeys.INSTANCES + "." + name;
        String subject = "Batcher \"" + name + "\"";
        List<Options> layers = List.of(defaults, bind(prefix, subject));
        check(subject, layers, "Correct " + prefix + ", or " + DEFAULTS + " from which it inherits.");
        return layers;
    }

    private Options bind(String prefix, String subject) {
        try {
            return binder.bindOrCreate(prefix, Bindable.of(Options.class));
        } catch (BindException e) {
            throw new BatcherConfigurationException(
                    subject + " is not configured properly: " + describe(e) + ".", "Correct the value.", e);
        }
    }

    private static void check(String subject, List<Options> layers, String action) {
        try {
            OptionsMapper.check(layers);
        } catch (IllegalArgumentException e) {
            throw new BatcherConfigurationException(
                    subject + " is not configured properly: " + e.getMessage() + ".", action, e);
        }
    }

    private static String describe(BindException e) {
        String reason = NestedExceptionUtils.getMostSpecificCause(e).getMessage();
        @Nullable ConfigurationProperty property = e.getProperty();
        return property == null
                ? e.getName() + " cannot be bound: " + reason
                : property.getName() + " has the value \"" + property.getValue() + "\""
                        + (property.getOrigin() == null ? "" : " (" + property.getOrigin() + ")")
                        + ", which is refused: "
                        + reason;
    }
}
