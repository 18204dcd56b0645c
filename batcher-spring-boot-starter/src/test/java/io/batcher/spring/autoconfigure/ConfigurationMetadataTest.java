/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import io.batcher.Batcher;
import io.batcher.BatcherConfig;
import io.batcher.Overflow;
import io.batcher.Pace;
import io.batcher.spring.BatcherProperties;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.ClassUtils;

/** S9: what an editor knows of the properties is what is bound. */
class ConfigurationMetadataTest {

    private static final String HEALTH = "management.health.batchers.enabled";
    private static final String ACCESS = "management.endpoint.batchers.access";

    private final Map<String, Map<String, Object>> properties =
            JsonPath.<List<Map<String, Object>>>read(metadata(), "$.properties").stream()
                    .collect(Collectors.toMap(property -> (String) property.get("name"), property -> property));

    @Test
    void everyPropertyThatIsBoundIsThereWithItsType() {
        Map<String, String> bound = new TreeMap<>();
        addProperties(BatcherProperties.class, "batcher", bound);
        bound.remove("batcher.defaults.item-type"); // has no meaning for all
        bound.remove("batcher.defaults.item-name"); // neither
        bound.remove("batcher.defaults.enabled"); // nor this
        bound.put(HEALTH, Boolean.class.getName());
        Map<String, String> described = new TreeMap<>();
        properties.forEach((name, property) -> described.put(name, ((String) property.get("type")).replace(" ", "")));
        assertThat(described).containsAllEntriesOf(bound);
        described.keySet().removeAll(bound.keySet());
        assertThat(described).containsOnlyKeys(ACCESS, "management.endpoint.batchers.cache.time-to-live");
    }

    @Test
    void everyPropertyIsDescribedAsSpringBootDescribesItsOwn() {
        assertThat(properties)
                .allSatisfy((name, property) -> assertThat((String) property.get("description"))
                        .as(name)
                        .isNotBlank()
                        .endsWith(".")
                        .doesNotStartWith("The ")
                        .doesNotStartWith("A "));
    }

    @Test
    void everyPropertyThatIsNotOffUnlessSetHasADefault() {
        assertThat(properties.values().stream()
                        .filter(property -> !property.containsKey("defaultValue"))
                        .map(property -> property.get("name")))
                .containsExactlyInAnyOrder(
                        "batcher.instances",
                        "batcher.scheduler",
                        "batcher.store.jdbc.data-source",
                        "batcher.store.jdbc.dead-letter-max-age",
                        "batcher.store.kafka.transactional-id-prefix",
                        "batcher.defaults.partitions",
                        "batcher.defaults.max-batch-weight",
                        "batcher.defaults.capacity-per-key",
                        "batcher.defaults.handler-timeout",
                        "batcher.defaults.pace.calls",
                        "batcher.defaults.pace.per",
                        "batcher.defaults.retry.max-attempts",
                        "batcher.defaults.retry.delay",
                        "batcher.defaults.retry.retry-on");
    }

    @Test
    void theDefaultsAreThoseOfTheBuilder() {
        BatcherConfig<?> builtIn = Batcher.builder("readings").config();
        assertThat(durationOf("interval")).isEqualTo(builtIn.interval());
        assertThat(defaultOf("max-batch-size")).isEqualTo(builtIn.maxBatchSize());
        assertThat(defaultOf("capacity")).isEqualTo(builtIn.capacity());
        assertThat(defaultOf("eager")).isEqualTo(builtIn.eager());
        assertThat(defaultOf("auto-flush")).isEqualTo(builtIn.autoFlush());
        assertThat(defaultOf("concurrency")).isEqualTo(builtIn.concurrency());
        assertThat(defaultOf("batch-per-key")).isEqualTo(builtIn.batchPerKey());
        assertThat(defaultOf("transactional")).isEqualTo(builtIn.transactional());
        assertThat(defaultOf("store")).isEqualTo("memory");
        assertThat(builtIn.store()).isNull();
        assertThat(defaultOf("overflow")).isEqualTo(spelled(builtIn.overflow()));
        assertThat(durationOf("max-block")).isEqualTo(builtIn.maxBlock());
        assertThat(durationOf("shutdown-timeout")).isEqualTo(builtIn.shutdownTimeout());
        assertThat(durationOf("max-retry-after")).isEqualTo(builtIn.maxRetryAfter());
        assertThat(defaultOf("pace.burst"))
                .isEqualTo(Pace.of(1, Duration.ofSeconds(1)).burst());
        assertThat(numberOf("retry.multiplier")).isEqualTo(builtIn.retry().multiplier());
        assertThat(durationOf("retry.max-delay")).isEqualTo(builtIn.retry().maxDelay());
        assertThat(numberOf("retry.jitter")).isEqualTo(builtIn.retry().jitter());
        assertThat(defaultOf("retry.isolate-poison")).isEqualTo(builtIn.retry().isolatePoison());
        assertThat(properties.get(HEALTH)).containsEntry("defaultValue", false);
    }

    @Test
    void thereAreHintsForNamesOfThings() {
        assertThat(hint("batcher.defaults.overflow", "values[*].value"))
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(Overflow.values())
                        .map(ConfigurationMetadataTest::spelled)
                        .toList());
        assertThat(hint("batcher.defaults.overflow", "values[*].description")).hasSize(Overflow.values().length);
        assertThat(hint("batcher.defaults.store", "values[*].value"))
                .containsExactly("memory", "file", "jdbc", "kafka");
        assertThat(hint("batcher.store.jdbc.data-source", "providers[*].parameters.target"))
                .containsExactly("javax.sql.DataSource");
        assertThat(hint("batcher.defaults.retry.retry-on", "providers[*].parameters.target"))
                .containsExactly("java.lang.Throwable");
        assertThat(hint("batcher.scheduler", "providers[*].parameters.target"))
                .containsExactly("org.springframework.scheduling.TaskScheduler");
    }

    private static void addProperties(Class<?> type, String prefix, Map<String, String> found) {
        for (RecordComponent component : type.getRecordComponents()) {
            String name = prefix + "."
                    + component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
            if (component.getType().isRecord()) {
                addProperties(component.getType(), name, found);
            } else {
                Class<?> boxed = ClassUtils.resolvePrimitiveIfNecessary(component.getType());
                boolean primitive = component.getType().isPrimitive();
                found.put(
                        name,
                        (primitive ? boxed : component.getGenericType())
                                .getTypeName()
                                .replace(" ", ""));
            }
        }
    }

    private Object defaultOf(String option) {
        assertThat(properties).containsKey("batcher.defaults." + option);
        return properties.get("batcher.defaults." + option).get("defaultValue");
    }

    private Duration durationOf(String option) {
        return DurationStyle.detectAndParse((String) defaultOf(option));
    }

    private double numberOf(String option) {
        return ((Number) defaultOf(option)).doubleValue();
    }

    private static String spelled(Overflow overflow) {
        return overflow.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static List<String> hint(String name, String path) {
        return JsonPath.read(metadata(), "$.hints[?(@.name=='" + name + "')]." + path);
    }

    private static String metadata() {
        try (InputStream metadata =
                BatcherAutoConfiguration.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            // Other jars have such a file too; that of the module's own classes comes first.
            return new String(metadata.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
