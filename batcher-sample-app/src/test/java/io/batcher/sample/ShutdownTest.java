/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The program receives SIGTERM under load: all accepted readings are stored, in order. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "a process cannot be told to stop there, only be killed")
class ShutdownTest {

    private static final int ROWS = 200_000;
    private static final Pattern STOPPED = Pattern.compile("Replay stopped at line \\d+: (\\d+) readings accepted");
    private static final Pattern PORT = Pattern.compile("curl localhost:(\\d+)/api/readings");

    @TempDir
    Path directory;

    @Test
    void inTheMiddleOfAReplay() throws Exception {
        Path csv = CsvFiles.generated(directory.resolve("rows.csv"), ROWS);
        try (var gateway = GatewayProcess.start(directory, "--replay=" + csv)) {
            gateway.awaitLog("Replay is at line");

            gateway.stop();

            int accepted = Integer.parseInt(gateway.find(STOPPED));
            assertThat(accepted).isBetween(1, ROWS - 1);
            assertThat(gateway.stored()).isEqualTo(CsvFiles.readings("rows", accepted));
            assertThat(gateway.log()).doesNotContain("ERROR");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Starting SampleApplication", "Tomcat initialized", "The built-in cloud API is at"})
    void beforeTheStartHasEnded(String line) throws Exception {
        Path csv = CsvFiles.generated(directory.resolve("rows.csv"), ROWS);
        try (var gateway = GatewayProcess.start(directory, "--replay=" + csv)) {
            gateway.awaitLog(line);

            gateway.stop();

            assertThat(gateway.log()).doesNotContain("ERROR", "The cloud did not take", "Batcher \"readings\"");
        }
    }

    @Test
    void whileSensorsKeepSending() throws Exception {
        try (var gateway = GatewayProcess.start(directory)) {
            gateway.awaitLog("curl -X POST");
            var uri = URI.create("http://localhost:" + gateway.find(PORT) + "/api/readings");
            var sensor = CompletableFuture.supplyAsync(() -> sendUntilRefused(uri));
            Await.until(() -> readingsStored(uri) > 100);

            gateway.stop();

            int accepted = sensor.get(1, TimeUnit.MINUTES);
            List<Reading> stored = gateway.stored();
            // The last reading may have been accepted although its response was lost.
            assertThat(stored.size()).isBetween(accepted, accepted + 1);
            assertThat(stored).isEqualTo(CsvFiles.readings("sensor", stored.size()));
        }
    }

    /** Sends readings one after another; returns the number of accepted ones. */
    private static int sendUntilRefused(URI uri) {
        HttpClient http = HttpClient.newHttpClient();
        int accepted = 0;
        for (Reading reading : CsvFiles.readings("sensor", ROWS)) {
            String json = "{\"sensor\":\"sensor\",\"temperature\":" + reading.temperature() + ",\"at\":\""
                    + reading.at() + "\"}";
            var request = HttpRequest.newBuilder(uri)
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(json))
                    .build();
            try {
                if (http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() != 202) {
                    return accepted;
                }
            } catch (IOException refused) {
                return accepted;
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
            accepted++;
        }
        return accepted;
    }

    private static int readingsStored(URI uri) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(uri + "/count")).build();
        String count = HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
        return Integer.parseInt(count.replaceAll("\\D", ""));
    }
}
