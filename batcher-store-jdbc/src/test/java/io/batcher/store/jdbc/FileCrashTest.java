/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.store.fixtures.ChildJvm;
import io.batcher.store.fixtures.CrashLog;
import io.batcher.store.fixtures.CrashVerdict;
import io.batcher.store.fixtures.CrashWorker;
import io.batcher.store.fixtures.Waiting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 in the middle of everything: nothing that was acknowledged is lost, and what comes again is the same batch. */
class FileCrashTest {

    private static final int KILLS = Integer.getInteger("batcher.kills", 20);

    @TempDir
    Path temp;

    @Test
    @Timeout(600)
    void nothingIsLostByKills() throws Exception {
        Random random = new Random(42);
        Path log = temp.resolve("log");
        String store = CrashStores.onFile(temp.resolve("store"));
        for (int kill = 0; kill < KILLS; kill++) {
            int before = ready(log);
            Process child = ChildJvm.start(
                    CrashStores.class, 128, temp.resolve("errors"), List.of(store, "r" + kill, log.toString()));
            Waiting.until("the process is ready", () -> ready(log) > before || !child.isAlive());
            assertThat(child.isAlive())
                    .as("child output: %s", Files.readString(temp.resolve("errors")))
                    .isTrue();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(400)));
            ChildJvm.kill(child);
        }
        Process last = ChildJvm.start(
                CrashStores.class, 128, temp.resolve("errors"), List.of(store, "last", log.toString(), "drain"));
        assertThat(last.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(last.exitValue())
                .as("child output: %s", Files.readString(temp.resolve("errors")))
                .isZero();

        assertThat(CrashLog.read(log)).as("losses").noneMatch(line -> line.startsWith("L"));
        CrashVerdict verdict = new CrashVerdict(CrashLog.read(log));
        System.out.printf("%d kills: %s%n", KILLS, verdict.figures());
        verdict.assertNothingLost();
        verdict.assertOrder();
        verdict.assertRedeliveriesAreTheSameBatch(KILLS);
        assertThat(verdict.acknowledged()).isGreaterThan(KILLS * 10);
        assertThat(verdict.redelivered()).isBetween(1, KILLS * CrashWorker.PARTITIONS);
    }

    private static int ready(Path log) {
        try {
            return (int) CrashLog.read(log).stream().filter("R"::equals).count();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
