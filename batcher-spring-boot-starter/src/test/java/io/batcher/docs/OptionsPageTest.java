/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import io.batcher.spring.autoconfigure.BatcherAutoConfiguration;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The options in docs/options.md. */
class OptionsPageTest {

    /** ConfigurationMetadataTest compares the metadata with the defaults of the builder. */
    @Test
    void theTableOfOptionsIsThatOfTheMetadata() throws IOException {
        Map<String, String> documented = new TreeMap<>();
        Pattern.compile("(?m)^\\| `([a-z.-]+)` \\| (?:`(.*?)`)? ?\\|")
                .matcher(Page.of("docs/options.md").section("Properties"))
                .results()
                .forEach(row -> documented.put(row.group(1), row.group(2) == null ? "" : row.group(2)));
        assertThat(documented).isEqualTo(options());
    }

    private static Map<String, String> options() throws IOException {
        Map<String, String> options = new TreeMap<>(Map.of("item-type", "", "item-name", ""));
        try (InputStream metadata =
                BatcherAutoConfiguration.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            for (Map<String, Object> property : JsonPath.<List<Map<String, Object>>>read(metadata, "$.properties")) {
                String name = (String) property.get("name");
                if (name.startsWith("batcher.defaults.")) {
                    options.put(
                            name.substring("batcher.defaults.".length()),
                            property.getOrDefault("defaultValue", "").toString());
                }
            }
        }
        return options;
    }
}
