/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks.stores;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** One measure of several contenders in turn, several times, so that a slow minute of the machine hits all of them. */
final class Comparison {

    private record Row(String label, StoreContender.Factory factory, long most, List<Double> results) {}

    private final String title;
    private final Measure measure;
    private final List<Row> rows = new ArrayList<>();

    /** Creates one. The first contender is the floor. */
    Comparison(String title, Measure measure) {
        this.title = title;
        this.measure = measure;
    }

    Comparison with(String label, StoreContender.Factory factory) {
        return with(label, Measure.NO_BOUND, factory);
    }

    /** Adds a contender that gets at most so many items. */
    Comparison with(String label, long most, StoreContender.Factory factory) {
        rows.add(new Row(label, factory, most, new ArrayList<>()));
        return this;
    }

    /** Runs a round to warm up and the others. Prints the rows of a table. */
    void run(int rounds) throws Exception {
        for (int round = 0; round <= rounds; round++) {
            for (Row row : rows) {
                double result = measure.run(row.factory, row.most);
                if (round > 0) {
                    row.results.add(result);
                }
            }
        }
        List<Double> floor = rows.get(0).results;
        for (Row row : rows) {
            List<Double> ratios = new ArrayList<>();
            for (int i = 0; i < rounds; i++) {
                ratios.add(row.results.get(i) / floor.get(i));
            }
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %s | %,.0f | %,.0f to %,.0f | %.3g |%n",
                    title,
                    row.label,
                    median(row.results),
                    Collections.min(row.results),
                    Collections.max(row.results),
                    median(ratios));
        }
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
