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
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Prints JMH's JSON as Markdown tables: a row per contender, a column per number of producers, with the ratio to the first of the
 * contenders that BASE names. A figure is the median of the forks, that of a fork the mean of its iterations.
 */
public final class ResultTables {

    private static final JsonMapper JSON = new JsonMapper();
    private static final List<Kind> BASE = List.of(Kind.JCTOOLS, Kind.BATCHER);

    /** One run of JMH: a benchmark with its parameters. */
    private record Run(String benchmark, Kind contender, String variant, Map<String, Object> json) {

        static Run of(Map<String, Object> json) {
            String name = (String) Objects.requireNonNull(json.get("benchmark"));
            Map<String, Object> params = object(json.get("params"));
            String simpleName = name.replaceAll(".*\\.(\\w+)\\.\\w+", "$1");
            String producers = (String) params.getOrDefault("producers", "");
            String threads = ((String) params.getOrDefault("threads", "")).equals("VIRTUAL") ? " virtual" : "";
            Kind kind = Kind.valueOf((String) Objects.requireNonNull(params.get("contender")));
            return new Run(
                    simpleName,
                    kind,
                    producers.isEmpty()
                            ? ""
                            : producers + threads + (producers.equals("1") ? " producer" : " producers"),
                    json);
        }

        /** The median of the forks. */
        double score() {
            return median(object(json.get("primaryMetric")));
        }

        @Nullable Double bytes() {
            Map<String, Object> secondary = object(json.get("secondaryMetrics"));
            String key = secondary.keySet().stream()
                    .filter(name -> name.endsWith("gc.alloc.rate.norm"))
                    .findAny()
                    .orElse("");
            return key.isEmpty() ? null : median(object(secondary.get(key)));
        }

        double percentile(String which) {
            Map<String, Object> all = object(object(json.get("primaryMetric")).get("scorePercentiles"));
            return number(all.get(which));
        }

        boolean isSampled() {
            return "sample".equals(json.get("mode"));
        }
    }

    private ResultTables() {}

    public static void main(String[] args) {
        Map<String, List<Run>> byBenchmark = new LinkedHashMap<>();
        for (String file : args) {
            for (Object json : JSON.readValue(Path.of(file), List.class)) {
                Run run = Run.of(object(json));
                byBenchmark
                        .computeIfAbsent(run.benchmark(), name -> new ArrayList<>())
                        .add(run);
            }
        }
        byBenchmark.forEach(ResultTables::print);
    }

    private static void print(String benchmark, List<Run> runs) {
        System.out.println("\n### " + benchmark + "\n");
        if (runs.get(0).isSampled()) {
            printPercentiles(runs);
        } else {
            printAverages(runs);
        }
    }

    private static void printPercentiles(List<Run> runs) {
        System.out.println("| in µs | median | p99 | p99.9 |\n|---|---:|---:|---:|");
        for (Run run : runs) {
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %.1f | %.1f | %.1f |%n",
                    run.contender().label(),
                    run.percentile("50.0"),
                    run.percentile("99.0"),
                    run.percentile("99.9"));
        }
    }

    private static void printAverages(List<Run> runs) {
        List<String> variants = runs.stream().map(Run::variant).distinct().toList();
        StringBuilder head = new StringBuilder("| ns per item (ratio), bytes per item |");
        StringBuilder line = new StringBuilder("|---|");
        for (String variant : variants) {
            head.append(" ").append(variant).append(" | B |");
            line.append("---:|---:|");
        }
        System.out.println(head + "\n" + line);
        runs.stream().map(Run::contender).distinct().forEach(contender -> {
            StringBuilder row = new StringBuilder("| " + contender.label() + " |");
            variants.forEach(variant -> row.append(cell(runs, contender, variant)));
            System.out.println(row);
        });
    }

    private static String cell(List<Run> runs, Kind contender, String variant) {
        Run run = find(runs, contender, variant);
        Run base = BASE.stream()
                .map(kind -> find(runs, kind, variant))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(run);
        if (run == null || base == null) {
            return " | |";
        }
        Double bytes = run.bytes();
        String allocated = bytes == null ? "" : String.format(Locale.ROOT, "%.1f", bytes);
        return String.format(Locale.ROOT, " %.1f (%.2f) | %s |", run.score(), run.score() / base.score(), allocated);
    }

    private static @Nullable Run find(List<Run> runs, Kind contender, String variant) {
        return runs.stream()
                .filter(run -> run.contender() == contender && run.variant().equals(variant))
                .findFirst()
                .orElse(null);
    }

    private static double median(Map<String, Object> metric) {
        double[] forks = list(metric.get("rawData")).stream()
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
