/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.store.fixtures.Waiting;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A PostgreSQL server of one test, with fsync, that can be killed and started again on its data. */
final class PostgresServer implements AutoCloseable {

    private final EmbeddedPostgres postgres;
    private final Path data;
    private final Path output;
    private final List<String> command;
    private Process restarted;

    PostgresServer(Path directory) throws IOException {
        this.data = directory.resolve("data");
        this.output = directory.resolve("server-output");
        this.postgres = EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .start();
        this.command = command(pid());
    }

    String url() {
        return postgres.getJdbcUrl("postgres", "postgres");
    }

    private long pid() throws IOException {
        return Long.parseLong(
                Files.readAllLines(data.resolve("postmaster.pid")).get(0).trim());
    }

    /** How the server was started; as root, PostgreSQL runs only in a user namespace of its own. */
    private static List<String> command(long pid) throws IOException {
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            command.add("unshare");
            command.add("-U");
        }
        String line = Files.readString(Path.of("/proc/" + pid + "/cmdline"), StandardCharsets.UTF_8);
        command.addAll(List.of(line.split("\0")));
        return command;
    }

    /** Kills the server as kill -9 does, and starts it again. */
    void killAndRestart() throws IOException, InterruptedException {
        ProcessHandle server = ProcessHandle.of(pid()).orElseThrow();
        List<ProcessHandle> all = new ArrayList<>(server.descendants().toList());
        server.destroyForcibly();
        all.add(server);
        Waiting.until("the server has ended", () -> all.stream().noneMatch(PostgresServer::isRunning));
        start();
    }

    /** A killed process of which its parent has not asked is no running one. */
    private static boolean isRunning(ProcessHandle process) {
        try {
            String state = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
            return !state.substring(state.lastIndexOf(')') + 2).startsWith("Z");
        } catch (IOException e) {
            return false;
        }
    }

    private void start() throws IOException {
        Files.deleteIfExists(data.resolve("postmaster.pid"));
        Files.deleteIfExists(Path.of("/tmp/.s.PGSQL." + postgres.getPort()));
        Files.deleteIfExists(Path.of("/tmp/.s.PGSQL." + postgres.getPort() + ".lock"));
        restarted = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(new File(output.toString())))
                .start();
        Waiting.until("the server answers", Duration.ofSeconds(60), this::answers);
    }

    private boolean answers() {
        try (Connection connection = postgres.getPostgresDatabase().getConnection()) {
            return connection.isValid(1);
        } catch (SQLException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        postgres.close();
        Process last = restarted;
        if (last != null) {
            last.destroy();
            try {
                last.waitFor(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            last.destroyForcibly();
        }
    }
}
