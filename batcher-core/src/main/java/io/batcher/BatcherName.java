/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;

/** The rule for the name of a batcher. Stateless. */
final class BatcherName {

    private static final Pattern RULE = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");
    private static final int MAX_LENGTH = 64;
    private static final String EXAMPLE = "readings";

    private BatcherName() {}

    /** Returns the name if it follows the rule; otherwise throws an exception that suggests one. */
    static String require(String name) {
        Objects.requireNonNull(name, "name");
        Require.argument(
                name.length() <= MAX_LENGTH && RULE.matcher(name).matches(),
                "name must match %s and have at most %s characters, but was \"%s\"; use a name like \"%s\"",
                RULE,
                MAX_LENGTH,
                name.length() <= MAX_LENGTH ? name : name.substring(0, MAX_LENGTH) + "...",
                suggestion(name));
        return name;
    }

    private static String suggestion(String name) {
        String kebab = name.replaceAll("([a-z0-9])([A-Z])", "$1-$2")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9]+", "-")
                .replaceAll("^[^a-z]+|-$", "");
        kebab = kebab.length() > MAX_LENGTH ? kebab.substring(0, MAX_LENGTH).replaceAll("-$", "") : kebab;
        return kebab.isEmpty() ? EXAMPLE : kebab;
    }
}
