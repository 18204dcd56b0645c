/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The program as a separate process, with its log and its database in a directory. */
final class GatewayProcess implements AutoCloseable {

    private final Path directory;
    private final Process process;

    private GatewayProcess(Path directory, Process process) {
        this.directory = directory;
        this.process = process;
    }

    static GatewayProcess start(Path directory, String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(
                "--server.port=0",
                "--sample.compare-at-start=false",
                "--sample.cloud.latency=50ms",
                "--spring.datasource.url=" + database(directory),
                "--batcher.instances.readings.store=file",
                "--batcher.store.file.directory=" + directory.resolve("batcher")));
        all.addAll(List.of(arguments));
        return new GatewayProcess(
                directory,
                program(all)
                        .redirectErrorStream(true)
                        .redirectOutput(logFile(directory).toFile())
                        .start());
    }

    /** The program as a command with these arguments. */
    static ProcessBuilder program(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                SampleApplication.class.getName()));
        command.addAll(arguments);
        return new ProcessBuilder(command);
    }

    void awaitLog(String text) {
        Await.until(() -> {
            assertThat(process.isAlive()).as(this::log).isTrue();
            return log().contains(text);
        });
    }

    /** Sends SIGTERM and waits for the end. */
    void stop() throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).as(this::log).isTrue();
    }

    /** Ends it as kill -9 does. */
    void kill() throws InterruptedException {
        assertThat(process.destroyForcibly().waitFor(1, TimeUnit.MINUTES)).isTrue();
    }

    /** Returns the first group of the first match in the log. */
    String find(Pattern pattern) {
        Matcher matcher = pattern.matcher(log());
        assertThat(matcher.find()).as(this::log).isTrue();
        return matcher.group(1);
    }

    String log() {
        try {
            return Files.readString(logFile(directory));
        } catch (IOException unreadable) {
            return "no log: " + unreadable;
        }
    }

    /** Returns the readings in the database after the end, in order of arrival. */
    List<Reading> stored() throws SQLException {
        List<Reading> stored = new ArrayList<>();
        String sql = "select sensor, temperature, measured_at from temperatures order by seq";
        try (var database = DriverManager.getConnection(database(directory), "sa", "");
                var query = database.createStatement();
                var rows = query.executeQuery(sql)) {
            while (rows.next()) {
                var at = rows.getObject(3, OffsetDateTime.class).toInstant();
                stored.add(new Reading(rows.getString(1), rows.getDouble(2), at));
            }
        }
        return stored;
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }

    private static Path logFile(Path directory) {
        return directory.resolve("log.txt");
    }

    private static String database(Path directory) {
        return "jdbc:h2:file:" + directory.resolve("cloud");
    }
}
