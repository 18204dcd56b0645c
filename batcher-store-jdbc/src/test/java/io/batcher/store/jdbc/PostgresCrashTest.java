/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.store.fixtures.CrashLog;
import io.batcher.store.fixtures.CrashVerdict;
import io.batcher.store.fixtures.CrashWorkers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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

    private PostgresServer server;
    private CrashWorkers workers;

    @BeforeEach
    void start() throws Exception {
        server = new PostgresServer(temp);
        workers = new CrashWorkers(
                temp, 43, SharingWorker.class, List.of(CrashStores.onPostgres(server.url(), "crash_")));
        try (Connection connection = DriverManager.getConnection(server.url());
                Statement statement = connection.createStatement()) {
            statement.execute("create table " + SharingWorker.EFFECTS + " (item varchar(40))");
        }
        workers.start(WORKERS);
    }

    @AfterEach
    void stop() throws Exception {
        workers.close();
        server.close();
    }

    @Test
    void nothingIsLostByKillsOfProcessesAndServer() throws Exception {
        int kills = 0;
        // On a busy machine a killed process may have had no batch in hand.
        for (; kills < KILLS || (workers.verdict().redelivered() == 0 && kills < 4 * KILLS); kills++) {
            workers.pause(400);
            workers.replaceOne();
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
        for (; stops < STOPS || (workers.lines("F") == 0 && stops < 4 * STOPS); stops++) {
            workers.pause(300);
            workers.stopFor(CrashStores.LEASE.plusMillis(500), stops);
        }
        workers.pause(1);
        CrashVerdict verdict = drain();
        System.out.printf("%d stops, %d outcomes fenced: %s%n", stops, workers.lines("F"), verdict.figures());
        verdict.assertNothingLost();
        verdict.assertOrder();
        verdict.assertRedeliveriesAreTheSameBatch(stops + WORKERS);
        assertThat(workers.lines("F")).as("fenced").isPositive();
    }

    /** Ends the workers and delivers what is left. Judges the transactional handler. */
    private CrashVerdict drain() throws Exception {
        CrashVerdict verdict = workers.drain();
        assertEffectsHappenedOnce();
        return verdict;
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
        Set<String> missing =
                new CrashVerdict(CrashLog.read(SharingWorker.transactionalLog(workers.log()))).acknowledgedItems();
        System.out.printf(
                "transactional handler: %d items acknowledged, %d effects, %d different%n",
                missing.size(), effects.size(), new HashSet<>(effects).size());
        assertThat(effects).doesNotHaveDuplicates();
        assertThat(missing).hasSizeGreaterThan(100);
        effects.forEach(missing::remove);
        assertThat(missing).isEmpty();
    }
}
