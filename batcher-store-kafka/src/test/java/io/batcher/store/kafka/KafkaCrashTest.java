/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.store.fixtures.ChildJvm;
import io.batcher.store.fixtures.CrashLog;
import io.batcher.store.fixtures.CrashVerdict;
import io.batcher.store.fixtures.CrashWorker;
import io.batcher.store.fixtures.TestProcess;
import io.batcher.store.fixtures.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three processes on four partitions: kill -9 of them, SIGSTOP beyond the session timeout, and instances that come and go. */
@Tag("soak")
@Timeout(600)
class KafkaCrashTest {

    private static final int WORKERS = 3;
    private static final int KILLS = Integer.getInteger("batcher.kills", 12);
    private static final int STOPS = 6;
    private static final int STORMS = 10;
    private static final Duration SESSION = Duration.ofSeconds(3);
    private static final Duration BOUND = Duration.ofSeconds(60);

    @TempDir
    Path temp;

    private final Random random = new Random(44);
    private final Broker broker = Broker.shared();
    private final String prefix = Broker.newPrefix();
    private final List<Process> workers = new ArrayList<>();
    private Path log;
    private int runs;

    /** Arguments: the servers, the topic prefix, a name of this run, the file of the log. */
    public static void main(String[] args) {
        CrashWorker.run(store(args[0], args[1]), args[2], Path.of(args[3]), args.length > 4);
    }

    private static KafkaStore store(String servers, String prefix) {
        return KafkaStore.builder(Map.of("bootstrap.servers", servers))
                .consumerProperties(
                        Map.of("session.timeout.ms", (int) SESSION.toMillis(), "heartbeat.interval.ms", 200))
                .topicPrefix(prefix)
                .build();
    }

    @BeforeEach
    void start() throws IOException {
        broker.createFor(prefix, CrashWorker.BATCHER, CrashWorker.PARTITIONS);
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
    }

    @Test
    void nothingIsLostByKills() throws Exception {
        for (int kill = 0; kill < KILLS; kill++) {
            pause(1_500);
            int which = random.nextInt(WORKERS);
            ChildJvm.kill(workers.get(which));
            workers.set(which, startWorker());
        }
        CrashVerdict verdict = drain();
        verdict.assertNothingLost();
        verdict.assertOrder();
        verdict.assertRedeliveriesAreTheSameBatch(KILLS + WORKERS);
        assertThat(verdict.acknowledged()).isGreaterThan(KILLS * 10);
        assertThat(verdict.redelivered()).isPositive();
    }

    @Test
    void aStoppedProcessIsFenced() throws Exception {
        for (int stop = 0; stop < STOPS; stop++) {
            pause(300);
            Process stopped = workers.get(stop % WORKERS);
            ChildJvm.signal("STOP", stopped);
            Waiting.pause(SESSION.plusMillis(1_500));
            ChildJvm.signal("CONT", stopped);
            Waiting.pause(Duration.ofSeconds(1));
        }
        CrashVerdict verdict = drain();
        verdict.assertNothingLost();
        verdict.assertOrder();
        verdict.assertRedeliveriesAreTheSameBatch(STOPS + WORKERS);
        assertThat(lines("F")).as("fenced").isPositive();
    }

    @Test
    void instancesThatComeAndGoRepeatNothing() throws Exception {
        for (int storm = 0; storm < STORMS; storm++) {
            TestProcess guest =
                    TestProcess.start(store(broker.servers(), prefix), CrashWorker.BATCHER, CrashWorker.PARTITIONS);
            long end = System.nanoTime()
                    + Duration.ofMillis(100 + random.nextInt(900)).toNanos();
            while (System.nanoTime() - end < 0) {
                guest.releaseWaiting();
                Waiting.pause(Duration.ofMillis(5));
            }
            guest.session().close();
        }
        CrashVerdict verdict = drain();
        verdict.assertNothingLost();
        verdict.assertOrder();
        verdict.assertRedeliveriesAreTheSameBatch(WORKERS);
        assertThat(verdict.acknowledged()).isGreaterThan(STORMS * 10);
    }

    private Process startWorker() throws IOException {
        int before = lines("R");
        Process worker = child("w" + runs++);
        Waiting.until("the process is ready", BOUND, () -> lines("R") > before || !worker.isAlive());
        assertThat(worker.isAlive()).as("output: %s", output()).isTrue();
        return worker;
    }

    private Process child(String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(broker.servers(), prefix, arguments[0], log.toString()));
        all.addAll(List.of(arguments).subList(1, arguments.length));
        return ChildJvm.start(KafkaCrashTest.class, 128, temp.resolve("errors"), all);
    }

    /** Ends the workers and delivers what is left. */
    private CrashVerdict drain() throws Exception {
        for (Process worker : workers) {
            ChildJvm.kill(worker);
        }
        Process last = child("last", "drain");
        workers.add(last);
        assertThat(last.waitFor(120, TimeUnit.SECONDS))
                .as("drained; output: %s", output())
                .isTrue();
        assertThat(last.exitValue()).as("output: %s", output()).isZero();
        assertThat(lines("L")).as("losses").isZero();
        return new CrashVerdict(CrashLog.read(log));
    }

    private String output() throws IOException {
        return Files.exists(temp.resolve("errors")) ? Files.readString(temp.resolve("errors")) : "";
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
        Waiting.pause(Duration.ofMillis(50 + random.nextInt(maxMillis)));
    }
}
