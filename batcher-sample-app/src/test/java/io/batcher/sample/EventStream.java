/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An open page, from the point of view of the gateway. */
final class EventStream implements AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpResponse<InputStream> response;
    private final BufferedReader lines;
    private final StringBuilder received = new StringBuilder();

    private EventStream(HttpResponse<InputStream> response) {
        this.response = response;
        this.lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    static EventStream open(int port) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/api/events"))
                .header("Accept", "text/event-stream")
                .build();
        return new EventStream(HTTP.send(request, HttpResponse.BodyHandlers.ofInputStream()));
    }

    HttpResponse<InputStream> response() {
        return response;
    }

    /** Waits for the next snapshot; empty at the end of the stream. */
    Optional<JsonNode> next() throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            received.append(line).append('\n');
            if (line.startsWith("data:")) {
                return Optional.of(JSON.readTree(line.substring("data:".length())));
            }
        }
        return Optional.empty();
    }

    /** Waits for a snapshot that matches. */
    JsonNode await(Predicate<JsonNode> condition) throws IOException {
        while (true) {
            JsonNode snapshot = next().orElseThrow(() -> new AssertionError("the stream has ended"));
            if (condition.test(snapshot)) {
                return snapshot;
            }
        }
    }

    /** Returns all snapshots so far. */
    String received() {
        return received.toString();
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
