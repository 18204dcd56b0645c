/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.Errors;
import org.springframework.validation.Validator;

/**
 * The settings of the sample itself; those of its batcher are {@code batcher.*}.
 *
 * @param compareAtStart whether to run the comparison when the gateway is up, and print the result
 * @param replay CSV file to replay when the gateway is up; none if empty
 * @param cloud the cloud API
 */
@ConfigurationProperties("sample")
public record SampleProperties(
        @DefaultValue("true") boolean compareAtStart,
        @DefaultValue("") String replay,
        @DefaultValue Cloud cloud) implements Validator {

    /**
     * The cloud API.
     *
     * @param url target of the readings; the built-in API if null
     * @param port port of the built-in API; a free one if 0
     * @param latency duration of a call to the built-in API
     */
    public record Cloud(
            @Nullable URI url,
            @DefaultValue("0") int port,
            @DefaultValue("50ms") Duration latency) {}

    /** Returns the file to replay, if one is configured. */
    public Optional<Path> replayFile() {
        return replay.isBlank() ? Optional.empty() : Optional.of(Path.of(replay));
    }

    @Override
    public boolean supports(Class<?> type) {
        return type == SampleProperties.class;
    }

    /** Runs at startup, so that a wrong file name fails startup and not the replay. */
    @Override
    public void validate(Object target, Errors errors) {
        var sample = (SampleProperties) target;
        sample.replayFile().ifPresent(file -> {
            if (!Files.exists(file)) {
                errors.rejectValue("replay", "missing", "no such file: " + file.toAbsolutePath());
            } else if (Files.isDirectory(file) || !Files.isReadable(file)) {
                errors.rejectValue("replay", "unreadable", "not a readable file: " + file.toAbsolutePath());
            }
        });
        URI url = sample.cloud.url;
        if (url != null && !String.valueOf(url.getScheme()).matches("https?")) {
            errors.rejectValue("cloud.url", "scheme", "must begin with http:// or https://");
        }
        if (sample.cloud.latency.isNegative()) {
            errors.rejectValue("cloud.latency", "negative", "must not be negative");
        }
    }
}
