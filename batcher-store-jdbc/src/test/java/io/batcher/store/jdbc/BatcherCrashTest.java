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
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Batchers on a file whose process is killed, or whose handler ends it. */
@Timeout(600)
class BatcherCrashTest {

    private static final int KILLS = Integer.getInteger("batcher.kills", 20);
    private static final int HEAP = 128;

    @TempDir
    Path temp;

    private Process start(String run, String... what) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                CrashStores.onFile(temp.resolve("store")),
                run,
                temp.resolve("log").toString()));
        arguments.addAll(List.of(what));
        return ChildJvm.start(BatcherWorker.class, HEAP, temp.resolve("errors"), arguments);
    }

    private List<String> log() {
        try {
            return CrashLog.read(temp.resolve("log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long count(String line) {
        return log().stream().filter(line::equals).count();
    }

    @Test
    void nothingIsLostByKillsAndWhatComesAgainIsTheSameBatch() throws Exception {
        Random random = new Random(42);
        for (int kill = 0; kill < KILLS; kill++) {
            long before = count("R");
            Process child = start("r" + kill, "add");
            Waiting.until("the process is ready", () -> count("R") > before || !child.isAlive());
            assertThat(child.isAlive())
                    .as("child output: %s", Files.readString(temp.resolve("errors")))
                    .isTrue();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(400)));
            ChildJvm.kill(child);
        }
        Process last = start("last", "drain");
        assertThat(last.waitFor(90, TimeUnit.SECONDS)).isTrue();
        assertThat(last.exitValue())
                .as("child output: %s", Files.readString(temp.resolve("errors")))
                .isZero();
        CrashVerdict verdict = new CrashVerdict(log());
        System.out.printf("%d kills: %s%n", KILLS, verdict.figures());
        verdict.assertNothingLost();
        verdict.assertOrder();
        verdict.assertRedeliveriesAreTheSameBatch(KILLS);
        assertThat(verdict.acknowledged()).isGreaterThan(KILLS * 10);
        assertThat(verdict.redelivered()).isLessThanOrEqualTo(KILLS * BatcherWorker.PARTITIONS);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anItemWhoseHandlerEndsTheProcessIsGivenUpAloneAndTheOthersAreHandledOnce(boolean isolatePoison)
            throws Exception {
        int ends = 0;
        Process child = start("run", "poison", Boolean.toString(isolatePoison));
        assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
        while (child.exitValue() == 3 && ends < 60) {
            ends++;
            child = start("run", "poison", Boolean.toString(isolatePoison));
            assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(child.exitValue())
                .as("child output: %s", Files.readString(temp.resolve("errors")))
                .isZero();
        System.out.printf("The handler ended the process %d times (isolatePoison: %s)%n", ends, isolatePoison);
        assertThat(ends).isBetween(3, 40);
        List<String> handled = new ArrayList<>();
        List<String> givenUp = new ArrayList<>();
        for (String line : log()) {
            if (line.startsWith("H ")) {
                handled.addAll(List.of(line.substring(2).split(" ")));
            } else if (line.startsWith("X ")) {
                givenUp.addAll(List.of(line.substring(2).split(" ")));
            }
        }
        assertThat(givenUp).containsExactly(BatcherWorker.POISON);
        assertThat(handled).hasSize(BatcherWorker.GOOD).doesNotHaveDuplicates();
    }
}
