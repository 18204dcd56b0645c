/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program is killed while the cloud is broken: the next one delivers what it had accepted. */
class KillTest {

    private static final int CALLS = 40;
    private static final int READINGS_PER_CALL = 25;
    private static final Pattern PORT = Pattern.compile("curl localhost:(\\d+)/api/readings");

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    Path directory;

    @Test
    void whatWasAcceptedIsDeliveredByTheNextProcess() throws Exception {
        List<Reading> readings = CsvFiles.readings("sensor", CALLS * READINGS_PER_CALL);
        try (var gateway = GatewayProcess.start(directory)) {
            gateway.awaitLog("curl -X POST");
            send("PATCH", uri(gateway, "/cloud/condition"), "{\"broken\":true}", 200);
            for (int call = 0; call < CALLS; call++) {
                List<Reading> some = readings.subList(call * READINGS_PER_CALL, (call + 1) * READINGS_PER_CALL);
                send("POST", uri(gateway, "/api/readings"), json(some), 202);
            }
            gateway.kill();
        }
        Files.delete(directory.resolve("log.txt"));
        try (var gateway = GatewayProcess.start(directory)) {
            gateway.awaitLog("curl -X POST");
            URI count = uri(gateway, "/api/readings/count");
            Await.until(() -> send("GET", count, "", 200).equals("{\"count\":" + readings.size() + "}"));
            gateway.stop();
            assertThat(gateway.stored()).isEqualTo(readings);
        }
    }

    private static URI uri(GatewayProcess gateway, String path) {
        return URI.create("http://localhost:" + gateway.find(PORT) + path);
    }

    private static String json(List<Reading> readings) {
        return readings.stream()
                .map(reading -> "{\"sensor\":\"" + reading.sensor() + "\",\"temperature\":" + reading.temperature()
                        + ",\"at\":\"" + reading.at() + "\"}")
                .collect(Collectors.joining(",", "[", "]"));
    }

    private String send(String method, URI uri, String body, int status) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/json")
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return response.body();
    }
}
