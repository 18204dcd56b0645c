/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import io.batcher.spring.autoconfigure.BatcherProperties.Options;
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
record BatcherSpec(
        String name,
        List<Options> options,
        @Nullable ResolvableType itemType,
        Map<HandlerKind, HandlerMethod> handlers) {

    String beanName() {
        return beanName(name);
    }

    boolean isMadeByApplication() {
        return itemType == null;
    }

    BatcherSpec {
        handlers = new ConcurrentHashMap<>(handlers);
    }

    @Nullable HandlerMethod handler(HandlerKind kind) {
        return handlers.get(kind);
    }

    /** Returns {@code orderAuditBatcher} for {@code order-audit}. */
    static String beanName(String name) {
        StringBuilder beanName = new StringBuilder(name.length() + 7);
        for (String word : name.split("-")) {
            beanName.append(beanName.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return beanName.append("Batcher").toString();
    }
}
