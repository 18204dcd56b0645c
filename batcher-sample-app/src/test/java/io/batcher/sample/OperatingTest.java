/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpMethod;

/** The page docs/operating.md: its commands work, its metrics and those of the dashboard exist. */
class OperatingTest extends SampleTest {

    private static final Path DOCS = Path.of("../docs");
    private static final Pattern METRIC = Pattern.compile("\\bbatcher_[a-z_]+");
    private static final Set<String> OF_STORES = Set.of("batcher_partitions_owned", "batcher_dead_letters");
    private static final Pattern CURL = Pattern.compile("(?m)^curl (-X POST )?localhost:8080(\\S+)");

    @BeforeEach
    void deliverABatch() throws Exception {
        readings.addMany(someReadings("s1", 3));
        flush();
    }

    @Test
    void prometheusHasEveryMetric() {
        assertThat(scrape())
                .contains(
                        "batcher_queue_depth{batcher=\"readings\"}",
                        "batcher_queue_capacity{batcher=\"readings\"}",
                        "batcher_queue_oldest_age_seconds{batcher=\"readings\"}",
                        "batcher_items_accepted_total{batcher=\"readings\"}",
                        "batcher_items_total{batcher=\"readings\",outcome=\"handled\"}",
                        "batcher_items_total{batcher=\"readings\",outcome=\"rejected\"}",
                        "batcher_items_total{batcher=\"readings\",outcome=\"dropped\"}",
                        "batcher_items_total{batcher=\"readings\",outcome=\"dead_lettered\"}",
                        "batcher_items_total{batcher=\"readings\",outcome=\"handed_back\"}",
                        "batcher_batch_size_count{batcher=\"readings\"}")
                .containsPattern(
                        "batcher_flush_seconds_count\\{batcher=\"readings\",error=\"none\",outcome=\"success\",reason=\"\\w+\"}");
    }

    @Test
    void theDashboardAsksOnlyForMetricsThatExist() throws IOException {
        String dashboard = Files.readString(DOCS.resolve("grafana-dashboard.json"));
        assertThat(metricsIn(dashboard)).isNotEmpty().isSubsetOf(metrics());
    }

    @Test
    void eachPanelIsNamedForTheQuestionThatItAnswers() throws IOException {
        List<String> titles =
                JsonPath.read(Files.readString(DOCS.resolve("grafana-dashboard.json")), "$.panels[*].title");
        assertThat(titles).isNotEmpty().doesNotHaveDuplicates().allMatch(title -> title.endsWith("?"));
    }

    @Test
    void theGuideNamesOnlyMetricsThatExist() throws IOException {
        String guide = Files.readString(DOCS.resolve("operating.md"));
        assertThat(metricsIn(guide)).hasSizeGreaterThan(7).isSubsetOf(metrics());
        Pattern.compile("(?m)^\\| `(batcher\\.[a-z.]+)` \\|")
                .matcher(guide)
                .results()
                .forEach(metric -> http.get()
                        .uri("/actuator/metrics/" + metric.group(1) + "?tag=batcher:readings")
                        .exchange()
                        .expectStatus()
                        .isOk());
    }

    /** The page explains every batcher metric of the scrape. */
    @Test
    void theGuideNamesAllMetrics() throws IOException {
        String guide = Files.readString(DOCS.resolve("operating.md"));
        Set<String> families = new TreeSet<>(metricsIn(scrape()));
        families.removeIf(metric -> metric.matches(".*_(sum|count|max)") && !guide.contains(metric));
        assertThat(families).isSubsetOf(metricsIn(guide));
        assertThat(guide).contains("batcher_batch_size_count", "batcher_flush_seconds_count");
    }

    @Test
    void theCommandsWork() throws IOException {
        List<MatchResult> commands = CURL.matcher(Files.readString(DOCS.resolve("operating.md")))
                .results()
                .toList();
        assertThat(commands).hasSizeGreaterThan(4);
        try {
            commands.forEach(this::perform);
        } finally {
            readings.resume(); // one of them pauses
        }
    }

    private void perform(MatchResult command) {
        http.method(command.group(1) == null ? HttpMethod.GET : HttpMethod.POST)
                .uri(command.group(2))
                .exchange()
                .expectStatus()
                .isOk();
    }

    /** Those of the gateway, whose items are in memory here, and those of a store. */
    private Set<String> metrics() {
        Set<String> metrics = metricsIn(scrape());
        metrics.addAll(OF_STORES);
        return metrics;
    }

    private String scrape() {
        return http.get()
                .uri("/actuator/prometheus")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(String.class)
                .returnResult()
                .getResponseBody();
    }

    /** Returns the metric names outside the comments of the scrape. */
    private static Set<String> metricsIn(String text) {
        Set<String> names = new TreeSet<>();
        METRIC.matcher(text.replaceAll("(?m)^#.*", "")).results().forEach(metric -> names.add(metric.group()));
        return names;
    }
}
