/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal;

import java.util.Locale;

/** The forms of a batcher's name. */
public final class BatcherNames {

    private BatcherNames() {}

    /** Returns the bean name: {@code orderAuditBatcher} for {@code order-audit}. */
    public static String beanName(String name) {
        StringBuilder beanName = new StringBuilder(name.length() + 7);
        for (String word : name.split("-")) {
            beanName.append(beanName.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return beanName.append("Batcher").toString();
    }

    /** Returns the form in which names are compared: what an environment variable can spell. */
    public static String uniform(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }
}
