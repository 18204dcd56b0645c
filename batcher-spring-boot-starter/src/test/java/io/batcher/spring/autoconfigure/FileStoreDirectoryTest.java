/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.spring.BatcherProperties;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/** S11: where a file store writes. */
class FileStoreDirectoryTest {

    private static Path directory(Map<String, Object> options) {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("test", options));
        BatcherProperties properties = Binder.get(environment).bindOrCreate("batcher", BatcherProperties.class);
        return BatcherFileStoreAutoConfiguration.directory(properties, environment);
    }

    /** META-INF is on the class path: Spring binds a path to what it finds there. */
    @ParameterizedTest
    @CsvSource({
        "META-INF, META-INF",
        "./META-INF, META-INF",
        "./${place}, data",
        "/tmp/x, /tmp/x",
        "file:/tmp/x, /tmp/x",
    })
    void aRelativeDirectoryIsNotLookedUpOnTheClassPath(String configured, String path) {
        assertThat(directory(Map.of("batcher.store.file.directory", configured, "place", "data")))
                .isEqualTo(Path.of(path));
    }

    @Test
    void aPathIsTakenAsItIs() {
        assertThat(directory(Map.of("batcher.store.file.directory", Path.of("META-INF"))))
                .isEqualTo(Path.of("META-INF"));
    }

    @Test
    void itHasADefault() {
        assertThat(directory(Map.of())).isEqualTo(Path.of("data/batcher"));
    }
}
