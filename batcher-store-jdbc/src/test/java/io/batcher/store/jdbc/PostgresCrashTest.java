/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.store.fixtures.ChildJvm;
import io.batcher.store.fixtures.CrashLog;
import io.batcher.store.fixtures.CrashVerdict;
import io.batcher.store.fixtures.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three instances on one database, each with a plain and a transactional batcher: kill -9 of them and of the server, and SIGSTOP beyond
 * the lease.
 */
@Timeout(600)
class PostgresCrashTest {

    private static final int WORKERS = 3;
    private static final int KILLS = Integer.getInteger("batcher.kills", 20);
    private static final int SERVER_KILLS = 3;
    private static final int STOPS = 6;

    @TempDir
    Path temp;

    private final Random random = new Random(43);
    private final List<Process> workers = new ArrayList<>();
    private PostgresServer server;
    private Path log;
    private int runs;

    @BeforeEach
    void start() throws Exception {
        server = new PostgresServer(temp);
        try (Connection connection = DriverManager.getConnection(server.url());
                Statement statement = connection.createStatement()) {
            statement.execute("create table " + SharingWorker.EFFECTS + " (item varchar(40))");
        }
        log = temp.resolve("log");
        for (int i = 0; i < WORKERS; i++) {
            workers.add(startWorker());
        }
    }

    @AfterEach
    void stop() throws Exception {
        for (Process worker : workers) {
            ChildJvm.kill(worker);
        }
        server.close();
    }

    @Test
    void nothingIsLostByKillsOfProcessesAndServer() throws Exception {
        int kills = 0;
        // On a busy machine a killed process may have had no batch in hand.
        for (; kills < KILLS || (redelivered() == 0 && kills < 4 * KILLS); kills++) {
            pause(400);
            int which = random.nextInt(WORKERS);
            ChildJvm.kill(workers.get(which));
            workers.set(which, startWorker());
            if (kills < KILLS && kills % (KILLS / SERVER_KILLS) == KILLS / SERVER_KILLS - 1) {
                server.killAndRestart();
            }
        }
        CrashVerdict verdict = drain();
        System.out.printf("%d kills, %d of the server: %s%n", kills, SERVER_KILLS, verdict.figures());
        verdict.assertNothingLost();
        verdict.assertOrder();
        verdict.assertRedeliveriesAreTheSameBatch(kills + SERVER_KILLS);
        assertThat(verdict.acknowledged()).isGreaterThan(KILLS * 10);
        assertThat(verdict.redelivered()).isPositive();
    }

    @Test
    void aStoppedProcessIsFenced() throws Exception {
        int stops = 0;
        // A stop between two batches, or while one is recorded, finds nothing to fence.
        for (; stops < STOPS || (lines("F") == 0 && stops < 4 * STOPS); stops++) {
            pause(300);
            Process stopped = workers.get(stops % WORKERS);
            ChildJvm.signal("STOP", stopped);
            LockSupport.parkNanos(CrashStores.LEASE.plusMillis(500).toNanos());
            ChildJvm.signal("CONT", stopped);
        }
        pause(1);
        CrashVerdict verdict = drain();
        System.out.printf("%d stops, %d outcomes fenced: %s%n", stops, lines("F"), verdict.figures());
        verdict.assertNothingLost();
        verdict.assertOrder();
        verdict.assertRedeliveriesAreTheSameBatch(stops + WORKERS);
        assertThat(lines("F")).as("fenced").isPositive();
    }

    private Process startWorker() throws IOException {
        int before = lines("R");
        Process worker = child(false);
        Waiting.until("the process is ready", Duration.ofSeconds(60), () -> lines("R") > before || !worker.isAlive());
        assertThat(worker.isAlive()).as("output: %s", output()).isTrue();
        return worker;
    }

    private Process child(boolean drains) throws IOException {
        return ChildJvm.start(
                SharingWorker.class,
                128,
                temp.resolve("errors"),
                List.of(
                        CrashStores.onPostgres(server.url(), "crash_"),
                        "w" + runs++,
                        log.toString(),
                        Boolean.toString(drains)));
    }

    /** Ends the workers and delivers what is left. Judges the transactional handler. */
    private CrashVerdict drain() throws Exception {
        for (Process worker : workers) {
            ChildJvm.kill(worker);
        }
        Process last = child(true);
        workers.add(last);
        assertThat(last.waitFor(120, TimeUnit.SECONDS))
                .as("drained; output: %s", output())
                .isTrue();
        assertThat(last.exitValue()).as("output: %s", output()).isZero();
        assertEffectsHappenedOnce();
        return new CrashVerdict(CrashLog.read(log));
    }

    private void assertEffectsHappenedOnce() throws Exception {
        List<String> effects = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(server.url());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select item from " + SharingWorker.EFFECTS)) {
            while (rows.next()) {
                effects.add(rows.getString(1));
            }
        }
        Set<String> missing = new CrashVerdict(CrashLog.read(SharingWorker.transactionalLog(log))).acknowledgedItems();
        System.out.printf(
                "transactional handler: %d items acknowledged, %d effects, %d different%n",
                missing.size(), effects.size(), new HashSet<>(effects).size());
        assertThat(effects).doesNotHaveDuplicates();
        assertThat(missing).hasSizeGreaterThan(100);
        effects.forEach(missing::remove);
        assertThat(missing).isEmpty();
    }

    private String output() throws IOException {
        return Files.exists(temp.resolve("errors")) ? Files.readString(temp.resolve("errors")) : "";
    }

    private int redelivered() throws IOException {
        return new CrashVerdict(CrashLog.read(log)).redelivered();
    }

    private int lines(String first) {
        try {
            return (int) CrashLog.read(log).stream()
                    .filter(line -> line.startsWith(first))
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void pause(int maxMillis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50 + random.nextInt(maxMillis)));
    }
}
