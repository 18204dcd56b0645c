/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Prints JMH's JSON as Markdown tables: a row per contender, a column per number of producers, with the ratio to the
 * floor, or to the first row where there is none. A figure is the median of the forks, that of a fork the mean of its iterations.
 */
public final class ResultTables {

    private static final JsonMapper JSON = new JsonMapper();
    /** The cell of a table: a benchmark with its parameters, run once or more often. */
    private record Cell(String benchmark, String row, String column) {

        static Cell of(Map<String, Object> json) {
            String name = (String) Objects.requireNonNull(json.get("benchmark"));
            Map<String, Object> params = object(json.get("params"));
            String contender = (String) params.get("contender");
            String row = contender == null
                    ? (String) Objects.requireNonNull(params.get("maker"))
                    : Kind.valueOf(contender).label();
            return new Cell(name.replaceAll(".*\\.(\\w+)\\.\\w+", "$1"), row, column(params));
        }

        private static String column(Map<String, Object> params) {
            String producers = (String) params.get("producers");
            if (producers == null) {
                return "";
            }
            return producers
                    + ("VIRTUAL".equals(params.get("threads")) ? " virtual" : "")
                    + (producers.equals("1") ? " producer" : " producers");
        }
    }

    /** The results of the forks of a cell. */
    private record Forks(List<Map<String, Object>> results) {

        double score() {
            return median(results.stream().map(json -> object(json.get("primaryMetric"))));
        }

        @Nullable Double bytes() {
            Map<String, Object> secondary = object(results.get(0).get("secondaryMetrics"));
            return secondary.keySet().stream()
                    .filter(name -> name.endsWith("gc.alloc.rate.norm"))
                    .findAny()
                    .map(key -> median(results.stream()
                            .map(json ->
                                    object(object(json.get("secondaryMetrics")).get(key)))))
                    .orElse(null);
        }
    }

    private ResultTables() {}

    public static void main(String[] args) {
        Map<Cell, Forks> all = new LinkedHashMap<>();
        for (String file : args) {
            for (Object json : JSON.readValue(Path.of(file), List.class)) {
                Map<String, Object> result = object(json);
                all.computeIfAbsent(Cell.of(result), cell -> new Forks(new ArrayList<>()))
                        .results()
                        .add(result);
            }
        }
        distinct(all, Cell::benchmark).forEach(benchmark -> print(benchmark, all));
    }

    private static void print(String benchmark, Map<Cell, Forks> all) {
        Map<Cell, Forks> its = new LinkedHashMap<>(all);
        its.keySet().removeIf(cell -> !cell.benchmark().equals(benchmark));
        System.out.println("\n### " + benchmark + "\n");
        printAverages(benchmark, its);
    }

    private static void printAverages(String benchmark, Map<Cell, Forks> all) {
        List<String> columns = distinct(all, Cell::column);
        List<String> rows = distinct(all, Cell::row);
        String base = rows.contains(Kind.JCTOOLS.label()) ? Kind.JCTOOLS.label() : rows.get(0);
        StringBuilder head = new StringBuilder("| ns per item (ratio), bytes per item |");
        StringBuilder line = new StringBuilder("|---|");
        for (String column : columns) {
            head.append(" ").append(column).append(" | B |");
            line.append("---:|---:|");
        }
        System.out.println(head + "\n" + line);
        for (String row : rows) {
            StringBuilder text = new StringBuilder("| " + row + " |");
            for (String column : columns) {
                text.append(
                        text(all.get(new Cell(benchmark, row, column)), all.get(new Cell(benchmark, base, column))));
            }
            System.out.println(text);
        }
    }

    private static String text(@Nullable Forks forks, @Nullable Forks base) {
        if (forks == null || base == null) {
            return " | |";
        }
        Double bytes = forks.bytes();
        String allocated = bytes == null ? "" : String.format(Locale.ROOT, "%.1f", bytes);
        return String.format(
                Locale.ROOT, " %.1f (%.2f) | %s |", forks.score(), forks.score() / base.score(), allocated);
    }

    private static List<String> distinct(Map<Cell, Forks> all, Function<Cell, String> what) {
        return all.keySet().stream().map(what).distinct().toList();
    }

    /** Returns the median of the means of all forks of all runs. */
    private static double median(Stream<Map<String, Object>> metrics) {
        double[] forks = metrics.flatMap(metric -> list(metric.get("rawData")).stream())
                .mapToDouble(ResultTables::mean)
                .sorted()
                .toArray();
        int middle = forks.length / 2;
        return forks.length % 2 == 1 ? forks[middle] : (forks[middle - 1] + forks[middle]) / 2;
    }

    private static double mean(Object iterations) {
        return list(iterations).stream()
                .mapToDouble(ResultTables::number)
                .average()
                .orElseThrow();
    }

    private static double number(@Nullable Object json) {
        return ((Number) Objects.requireNonNull(json)).doubleValue();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(@Nullable Object json) {
        return json == null ? Map.of() : (Map<String, Object>) json;
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(@Nullable Object json) {
        return (List<Object>) Objects.requireNonNull(json);
    }
}
