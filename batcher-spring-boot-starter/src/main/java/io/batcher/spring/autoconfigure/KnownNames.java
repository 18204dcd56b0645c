/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Names for a message: those that exist, and the one that was perhaps meant. */
final class KnownNames {

    private final TreeSet<String> names;

    KnownNames(Collection<String> names) {
        this.names = new TreeSet<>(names);
    }

    /** Returns a sentence that lists the names. */
    String list() {
        return names.isEmpty()
                ? "There are no batchers."
                : "Known batchers: "
                        + names.stream().map(name -> '"' + name + '"').collect(Collectors.joining(", ")) + ".";
    }

    /** Returns a question that begins with a space, or nothing. */
    String suggestionFor(String name) {
        return nearest(name).map(near -> " Did you mean \"" + near + "\"?").orElse("");
    }

    /** Returns the name that is near enough to be what was meant. */
    Optional<String> nearest(String name) {
        int tolerance = Math.max(1, name.length() / 3);
        return names.stream()
                .filter(known -> distance(known, name) <= tolerance)
                .min(Comparator.comparingInt(known -> distance(known, name)));
    }

    /** The number of letters to add, remove or change. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
