/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.docs;

import static io.batcher.docs.Fixtures.cloud;
import static io.batcher.docs.Fixtures.reading;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.docs.Fixtures.Reading;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.autoconfigure.BatcherAutoConfiguration;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

/** The README says what is true: its code compiles and runs, its links lead somewhere. */
class ReadmeTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path README = ROOT.resolve("README.md");
    private static final Pattern LINK = Pattern.compile("]\\((?!https?:)([^)#]+)");

    @BeforeEach
    void forgetCalls() {
        cloud.calls.clear();
    }

    @Test
    void theJavaExampleRuns() throws Exception {
        Snippets.run(Snippets.of(README, "java").get(0));
        assertThat(cloud.calls).containsExactly(List.of(reading));
    }

    @Test
    void theSpringExampleRuns() throws Exception {
        Class<?> service = Snippets.compileClass(
                "ReadingService", Snippets.of(README, "java").get(1));
        String yaml = Snippets.of(README, "yaml").get(0);
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(BatcherAutoConfiguration.class))
                .withInitializer(
                        context -> context.getEnvironment().getPropertySources().addFirst(load(yaml)))
                .withBean("readingService", service)
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    Batcher<Reading> readings =
                            context.getBean(BatcherRegistry.class).get("readings", Reading.class);
                    readings.add(reading);
                    readings.flush().join();
                    assertThat(cloud.calls).containsExactly(List.of(reading));
                });
    }

    @Test
    void everyLinkLeadsToAFile() throws IOException {
        try (Stream<Path> docs = Stream.concat(Stream.of(README), Files.walk(ROOT.resolve("docs")))) {
            docs.filter(file -> file.toString().endsWith(".md")).forEach(file -> {
                Matcher link = LINK.matcher(read(file));
                while (link.find()) {
                    assertThat(file.resolveSibling(link.group(1)))
                            .as("link in " + file)
                            .exists();
                }
            });
        }
    }

    @Test
    void theGuaranteesNameTestsThatExist() throws IOException {
        Matcher test = Pattern.compile("\\b\\w+Test\\b").matcher(read(ROOT.resolve("docs/guarantees.md")));
        while (test.find()) {
            String file = test.group() + ".java";
            try (Stream<Path> sources = Files.walk(ROOT.resolve("batcher-core/src/test"))) {
                assertThat(sources.map(path -> path.getFileName().toString()).toList())
                        .contains(file);
            }
        }
    }

    private static PropertySource<?> load(String yaml) {
        try {
            return new YamlPropertySourceLoader()
                    .load("readme", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))
                    .get(0);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
