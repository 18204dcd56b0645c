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
 * A batcher that the starter is to make, or that the application makes itself under the bean name.
 *
 * @param options from the most general layer to the most special
 * @param itemType what {@code T} is in the bean's {@code Batcher<T>}; null if the application makes the bean
 * @param handlers the annotated methods, one of a kind; one that no definition told of comes later
 */
public record BatcherDefinition(
        String name,
        List<Options> options,
        @Nullable ResolvableType itemType,
        Map<HandlerKind, HandlerMethod> handlers) {

    public String beanName() {
        return BatcherNames.beanName(name);
    }

    public boolean isMadeByApplication() {
        return itemType == null;
    }

    public BatcherDefinition {
        handlers = new ConcurrentHashMap<>(handlers);
    }

    public @Nullable HandlerMethod handler(HandlerKind kind) {
        return handlers.get(kind);
    }

    /**
     * Refuses a handler of items that this batcher does not have.
     *
     * @throws BatcherConfigurationException if the item types do not agree
     */
    public void requireItemType(HandlerMethod handler) {
        ResolvableType taken = handler.itemType();
        if (taken != null && itemType != null && !taken.isAssignableFrom(itemType)) {
            throw new BatcherConfigurationException(
                    "Batcher \"" + name + "\" has items of type " + itemType + ", but " + handler.describeInFull()
                            + " takes " + taken + ".",
                    "Make them agree: change the method, or batcher.instances." + name + ".item-type.");
        }
    }

    /** Returns the failure of two methods for the same purpose of one batcher. */
    public static BatcherConfigurationException twoHandlers(HandlerMethod one, HandlerMethod other) {
        return new BatcherConfigurationException(
                "Batcher \"" + one.batcher() + "\" has two handlers of the same kind: " + one.describeInFull() + " and "
                        + other.describeInFull() + ".",
                "Remove one of them, or give it another name; a batcher has one method for each purpose.");
    }
}
