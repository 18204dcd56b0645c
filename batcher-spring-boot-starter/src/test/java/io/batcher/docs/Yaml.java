/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.docs;

import io.batcher.docs.Page.Block;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.io.ByteArrayResource;

/** The YAML blocks as an application reads them. */
final class Yaml {

    private Yaml() {}

    /** Returns the properties of a block by name. */
    static Map<String, String> properties(Block block) {
        try {
            return new YamlPropertySourceLoader()
                            .load(
                                    block.toString(),
                                    new ByteArrayResource(block.code().getBytes(StandardCharsets.UTF_8)))
                            .stream()
                            .map(source -> ((OriginTrackedMapPropertySource) source).getSource())
                            .flatMap(source -> source.entrySet().stream())
                            .collect(Collectors.toMap(
                                    Map.Entry::getKey, entry -> entry.getValue().toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Adds the properties of a block to an application. */
    static ApplicationContextRunner with(Block block, ApplicationContextRunner application) {
        List<String> pairs = properties(block).entrySet().stream()
                .map(property -> property.getKey() + "=" + property.getValue())
                .toList();
        return application.withPropertyValues(pairs.toArray(String[]::new));
    }
}
