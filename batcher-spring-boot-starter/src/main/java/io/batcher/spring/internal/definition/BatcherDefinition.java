/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.definition;

import io.batcher.spring.BatcherProperties.Options;
import io.batcher.spring.internal.BatcherConfigurationException;
import io.batcher.spring.internal.BatcherNames;
import io.batcher.spring.internal.handler.HandlerKind;
import io.batcher.spring.internal.handler.HandlerMethod;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;

/**
 * A batcher that the starter registers, or that the application defines itself under the same bean name.
 *
 * @param options the layers of options, from the most general to the most specific
 * @param itemType the type argument of the bean's {@code Batcher<T>}; null if the application defines the bean
 * @param handlers the annotated methods by kind; a method that no bean definition reveals is added later
 */
public record BatcherDefinition(
        String name,
        List<Options> options,
        @Nullable ResolvableType itemType,
        Map<HandlerKind, HandlerMethod> handlers) {

    public String beanName() {
        return BatcherNames.beanName(name);
    }

    public boolean isDefinedByApplication() {
        return itemType == null;
    }

    public BatcherDefinition {
        handlers = new ConcurrentHashMap<>(handlers);
    }

    public @Nullable HandlerMethod handler(HandlerKind kind) {
        return handlers.get(kind);
    }

    /**
     * Checks that a method accepts the items of this batcher.
     *
     * @throws BatcherConfigurationException if the item types do not agree
     */
    public void requireItemType(HandlerMethod handler) {
        ResolvableType taken = handler.itemType();
        if (taken != null && itemType != null && !taken.isAssignableFrom(itemType)) {
            throw new BatcherConfigurationException(
                    "Batcher \"" + name + "\" has items of type " + itemType + ", but " + handler.describeInFull()
                            + " takes " + taken + ".",
                    "Use the same type in the method and in batcher.instances." + name + ".item-type.");
        }
    }

    /** Returns the failure for two methods of the same kind. */
    public static BatcherConfigurationException twoHandlers(HandlerMethod one, HandlerMethod other) {
        return new BatcherConfigurationException(
                "Batcher \"" + one.batcher() + "\" has two handlers of the same kind: " + one.describeInFull() + " and "
                        + other.describeInFull() + ".",
                "Remove one of them, or use another batcher name. A batcher has at most one method of each kind.");
    }
}
