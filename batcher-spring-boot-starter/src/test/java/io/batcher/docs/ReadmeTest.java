/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.docs;

import static io.batcher.docs.Fixtures.cloud;
import static io.batcher.docs.Fixtures.reading;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.docs.Fixtures.Cloud;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The examples of the README. */
class ReadmeTest extends PageTest {

    ReadmeTest() {
        super("README.md");
    }

    @Test
    void theJavaExampleRuns() throws Exception {
        Batcher<?> readings = (Batcher<?>) Examples.run(java("Quick start: plain Java"));
        assertThat(cloud.calls).containsExactly(List.of(reading));
        assertThat(readings.stats().failedAttempts()).isZero();
    }

    @Test
    void theSpringExampleRuns() {
        Class<?> service = Examples.compiled(java("Quick start: Spring Boot"));
        var application = application(service).withBean(Cloud.class, () -> cloud);
        Yaml.with(yaml("Quick start: Spring Boot"), application).run(context -> {
            readingsOf(context).add(reading);
            advance(Duration.ofMillis(500));
            assertThat(cloud.calls).containsExactly(List.of(reading));
        });
    }

    @Test
    void theDependencyIsThatOfThisBuild() throws IOException {
        String dependency =
                Page.of("README.md").block("xml", "Quick start: Spring Boot").code();
        String pom = Files.readString(Page.ROOT.resolve("batcher-spring-boot-starter/pom.xml"));
        Pattern.compile("<(groupId|artifactId|version)>.*</\\1>")
                .matcher(dependency)
                .results()
                .forEach(element -> assertThat(pom.substring(0, pom.indexOf("<dependencies>")))
                        .contains(element.group()));
    }

    /** Before the first section. */
    @Test
    void theCommandsComeFirst() {
        assertThat(Page.of("README.md").blocks(""))
                .singleElement()
                .satisfies(commands -> assertThat(commands.heading()).isEqualTo("Batcher"))
                .satisfies(commands -> assertThat(commands.code())
                        .contains("mvn verify", "mvn -pl batcher-sample-app -am spring-boot:run"));
    }
}
