/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Lists known names in messages, and suggests the nearest for an unknown one. */
public final class NameSuggestions {

    private final TreeSet<String> names;

    public NameSuggestions(Collection<String> names) {
        this.names = new TreeSet<>(names);
    }

    /** Returns a sentence that lists the names. */
    public String list() {
        return names.isEmpty()
                ? "There are no batchers."
                : "Known batchers: "
                        + names.stream().map(name -> '"' + name + '"').collect(Collectors.joining(", ")) + ".";
    }

    /** Returns a question that begins with a space, or an empty string. */
    public String suggestionFor(String name) {
        return nearest(name).map(near -> " Did you mean \"" + near + "\"?").orElse("");
    }

    /** Returns the nearest name, if at most a third of the letters differ. */
    public Optional<String> nearest(String name) {
        int tolerance = Math.max(1, name.length() / 3);
        return names.stream()
                .filter(known -> distance(known, name) <= tolerance)
                .min(Comparator.comparingInt(known -> distance(known, name)));
    }

    /** Returns the name that differs by at most one edit or one transposition, ignoring case and hyphens. */
    public Optional<String> withinOneEdit(String name) {
        String uniform = BatcherNames.uniform(name);
        return names.stream()
                .filter(known -> distance(BatcherNames.uniform(known), uniform) <= 1)
                .min(Comparator.comparingInt(known -> distance(BatcherNames.uniform(known), uniform)));
    }

    /** Damerau-Levenshtein distance: insertions, deletions, substitutions and transpositions of neighbours. */
    private static int distance(String a, String b) {
        int[][] edits = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                edits[i][j] = i == 0 || j == 0 ? i + j : edits(edits, i, j, a, b);
            }
        }
        return edits[a.length()][b.length()];
    }

    private static int edits(int[][] edits, int i, int j, String a, String b) {
        int change = edits[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int least = Math.min(change, 1 + Math.min(edits[i - 1][j], edits[i][j - 1]));
        boolean transposed = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return transposed ? Math.min(least, 1 + edits[i - 2][j - 2]) : least;
    }
}
