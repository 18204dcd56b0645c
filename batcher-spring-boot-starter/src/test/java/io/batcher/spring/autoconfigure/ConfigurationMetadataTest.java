/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import io.batcher.Batcher;
import io.batcher.BatcherConfig;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.convert.DurationStyle;

/** S9: what an IDE knows about the properties. */
class ConfigurationMetadataTest {

    private final Map<String, Map<String, Object>> properties = read().stream()
            .filter(property ->
                    ((String) property.get("name")).matches("batcher\\..*|management\\.health\\.batchers.*"))
            .collect(Collectors.toMap(property -> (String) property.get("name"), property -> property));

    @Test
    void everyPropertyIsDescribed() {
        assertThat(properties)
                .hasSizeGreaterThan(20)
                .allSatisfy((name, property) -> assertThat((String) property.get("description"))
                        .as(name)
                        .isNotBlank());
    }

    @Test
    void noItemTypeIsOfferedForAll() {
        assertThat(properties).doesNotContainKey("batcher.defaults.item-type");
    }

    @Test
    void theDefaultsAreThoseOfTheBuilder() {
        BatcherConfig<?> builtIn = Batcher.builder("readings").config();
        assertThat(DurationStyle.detectAndParse((String) defaultOf("batcher.defaults.interval")))
                .isEqualTo(builtIn.interval());
        assertThat(defaultOf("batcher.defaults.max-batch-size")).isEqualTo(builtIn.maxBatchSize());
        assertThat(defaultOf("batcher.defaults.capacity")).isEqualTo(builtIn.capacity());
        assertThat(defaultOf("batcher.defaults.eager")).isEqualTo(builtIn.eager());
        assertThat(defaultOf("batcher.defaults.auto-flush")).isEqualTo(builtIn.autoFlush());
        assertThat(((String) defaultOf("batcher.defaults.overflow")).toUpperCase(java.util.Locale.ROOT))
                .isEqualTo(builtIn.overflow().name());
        assertThat(DurationStyle.detectAndParse((String) defaultOf("batcher.defaults.max-block")))
                .isEqualTo(builtIn.maxBlock());
        assertThat(DurationStyle.detectAndParse((String) defaultOf("batcher.defaults.shutdown-timeout")))
                .isEqualTo(builtIn.shutdownTimeout());
        assertThat(((Number) defaultOf("batcher.defaults.retry.multiplier")).doubleValue())
                .isEqualTo(builtIn.retry().multiplier());
        assertThat(DurationStyle.detectAndParse((String) defaultOf("batcher.defaults.retry.max-delay")))
                .isEqualTo(builtIn.retry().maxDelay());
        assertThat(((Number) defaultOf("batcher.defaults.retry.jitter")).doubleValue())
                .isEqualTo(builtIn.retry().jitter());
        assertThat(defaultOf("batcher.defaults.retry.isolate-poison"))
                .isEqualTo(builtIn.retry().isolatePoison());
        assertThat(defaultOf("management.health.batchers.enabled")).isEqualTo(false);
    }

    private Object defaultOf(String property) {
        assertThat(properties).containsKey(property);
        return properties.get(property).get("defaultValue");
    }

    private static List<Map<String, Object>> read() {
        try (InputStream metadata =
                BatcherAutoConfiguration.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            // Other jars have such a file too; that of the module's own classes comes first.
            return JsonPath.read(metadata, "$.properties");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
