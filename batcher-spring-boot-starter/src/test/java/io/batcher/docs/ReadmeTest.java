/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.docs;

import static io.batcher.docs.Fixtures.alarm;
import static io.batcher.docs.Fixtures.cloud;
import static io.batcher.docs.Fixtures.reading;
import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import io.batcher.spring.autoconfigure.BatcherAutoConfiguration;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the README says. */
class ReadmeTest extends PageTest {

    ReadmeTest() {
        super("README.md");
    }

    @Test
    void theJavaExampleRuns() throws Exception {
        Examples.run(java("In Java"));
        assertThat(cloud.calls).containsExactly(List.of(reading));
        assertThat(alarm.raised).isEmpty();
    }

    @Test
    void theSpringExampleRuns() {
        Class<?> service = Examples.compiled(java("In Spring Boot"));
        Yaml.with(yaml("In Spring Boot"), application(service)).run(context -> {
            readingsOf(context).add(reading);
            advance(Duration.ofMillis(500));
            assertThat(cloud.calls).containsExactly(List.of(reading));
        });
    }

    @Test
    void theDependencyIsThatOfThisBuild() throws IOException {
        String dependency = Page.of("README.md").block("xml", "Add it").code();
        String pom = Files.readString(Page.ROOT.resolve("batcher-spring-boot-starter/pom.xml"));
        Pattern.compile("<(groupId|artifactId|version)>.*</\\1>")
                .matcher(dependency)
                .results()
                .forEach(element -> assertThat(pom.substring(0, pom.indexOf("<dependencies>")))
                        .contains(element.group()));
    }

    /** ConfigurationMetadataTest says that the metadata has the defaults of the builder. */
    @Test
    void theTableOfOptionsIsThatOfTheMetadata() throws IOException {
        Map<String, String> documented = new TreeMap<>();
        Pattern.compile("(?m)^\\| `([a-z.-]+)` \\| (?:`(.*?)`)? ?\\|")
                .matcher(Page.of("README.md").section("Options"))
                .results()
                .forEach(row -> documented.put(row.group(1), row.group(2) == null ? "" : row.group(2)));
        assertThat(documented).isEqualTo(options());
    }

    private static Map<String, String> options() throws IOException {
        Map<String, String> options = new TreeMap<>(Map.of("item-type", ""));
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
