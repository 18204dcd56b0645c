/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.store.fixtures.ChildJvm;
import io.batcher.store.fixtures.CrashLog;
import io.batcher.store.fixtures.CrashVerdict;
import io.batcher.store.fixtures.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three processes, each with a batcher that adds whole calls and delivers, on four partitions: kill -9 of them, SIGSTOP beyond the session
 * timeout, and instances that come and go.
 */
@Tag("soak")
@Timeout(480)
class KafkaBatcherCrashTest {

    private static final int WORKERS = 3;
    private static final int KILLS = Integer.getInteger("batcher.kills", 12);
    private static final int STOPS = 6;
    private static final int STORMS = 10;
    private static final Duration BOUND = Duration.ofSeconds(60);

    @TempDir
    Path temp;

    private final Random random = new Random(45);
    private final Broker broker = Broker.shared();
    private final String prefix = Broker.newPrefix();
    private final List<Process> workers = new ArrayList<>();
    private Path log;
    private int runs;

    @BeforeEach
    void start() throws IOException {
        broker.createFor(prefix, KafkaWorker.BATCHER, KafkaWorker.PARTITIONS);
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
    void killsLoseNothingAndLeaveNoCallInPart() throws Exception {
        int kills = 0;
        // On a busy machine a killed process may have had no batch in hand.
        for (; kills < KILLS || (verdict().redelivered() == 0 && kills < 4 * KILLS); kills++) {
            pause(1_500);
            int which = random.nextInt(WORKERS);
            ChildJvm.kill(workers.get(which));
            workers.set(which, startWorker());
        }
        killWorkers();
        CrashVerdict verdict = drain();
        verdict.assertNothingLost();
        verdict.assertOrder();
        verdict.assertRedeliveriesAreTheSameBatch(kills + WORKERS);
        assertAttemptsGrow();
        assertCallsAreWhole();
        assertThat(verdict.acknowledged()).isGreaterThan(KILLS * KafkaWorker.CALL);
        assertThat(verdict.redelivered()).isPositive();
    }

    @Test
    void aStoppedProcessIsFenced() throws Exception {
        int stops = 0;
        // A stop between two batches finds nothing to fence.
        for (; stops < STOPS || (lines("F") == 0 && stops < 4 * STOPS); stops++) {
            pause(300);
            Process stopped = workers.get(stops % WORKERS);
            ChildJvm.signal("STOP", stopped);
            Waiting.pause(KafkaWorker.SESSION.plusMillis(1_500));
            ChildJvm.signal("CONT", stopped);
            Waiting.pause(Duration.ofSeconds(1));
        }
        killWorkers();
        CrashVerdict verdict = drain();
        verdict.assertNothingLost();
        verdict.assertOrder();
        verdict.assertRedeliveriesAreTheSameBatch(stops + WORKERS);
        assertCallsAreWhole();
        assertThat(lines("F")).as("fenced").isPositive();
    }

    @Test
    void instancesThatComeAndGoRepeatNothing() throws Exception {
        try (CrashLog shared = new CrashLog(log)) {
            for (int storm = 0; storm < STORMS; storm++) {
                try (Batcher<String> guest =
                        KafkaWorker.builder(broker.servers(), prefix, shared).build()) {
                    pause(1_000);
                    assertThat(guest.stats().fenced()).isZero();
                }
            }
        }
        for (Process worker : workers) {
            worker.destroy();
            assertThat(worker.waitFor(30, TimeUnit.SECONDS)).as("closed").isTrue();
        }
        CrashVerdict verdict = drain();
        verdict.assertNothingLost();
        verdict.assertOrder();
        verdict.assertRedeliveriesAreTheSameBatch(0);
        assertCallsAreWhole();
        assertThat(verdict.acknowledged()).isGreaterThan(STORMS * KafkaWorker.CALL);
    }

    private Process startWorker() throws IOException {
        int before = lines("R");
        Process worker = child("w" + runs++);
        Waiting.until("the process is ready", BOUND, () -> lines("R") > before || !worker.isAlive());
        assertThat(worker.isAlive()).as("output: %s", output()).isTrue();
        return worker;
    }

    private Process child(String run, String... more) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(broker.servers(), prefix, run, log.toString()));
        arguments.addAll(List.of(more));
        return ChildJvm.start(KafkaWorker.class, 128, temp.resolve("errors"), arguments);
    }

    private void killWorkers() throws InterruptedException {
        for (Process worker : workers) {
            ChildJvm.kill(worker);
        }
    }

    /** Delivers what is left. */
    private CrashVerdict drain() throws Exception {
        Process last = child("last", "drain");
        workers.add(last);
        assertThat(last.waitFor(120, TimeUnit.SECONDS))
                .as("drained; output: %s", output())
                .isTrue();
        assertThat(last.exitValue()).as("output: %s", output()).isZero();
        return verdict();
    }

    private CrashVerdict verdict() throws IOException {
        return new CrashVerdict(CrashLog.read(log));
    }

    private void assertAttemptsGrow() throws IOException {
        Map<String, Integer> attempts = new HashMap<>();
        for (List<String> words : deliveries()) {
            int attempt = Integer.parseInt(words.get(3));
            Integer before = attempts.put(words.get(2), attempt);
            assertThat(before == null || before < attempt)
                    .as("attempt %s of %s after %s", attempt, words.get(2), before)
                    .isTrue();
        }
    }

    /** The items of a call were delivered all or none, whether or not it was acknowledged. */
    private void assertCallsAreWhole() throws IOException {
        Map<String, Set<String>> calls = new HashMap<>();
        for (List<String> words : deliveries()) {
            for (String item : words.subList(4, words.size())) {
                calls.computeIfAbsent(KafkaWorker.callOf(item), call -> new HashSet<>())
                        .add(item);
            }
        }
        assertThat(calls)
                .isNotEmpty()
                .allSatisfy((call, items) -> assertThat(items).hasSize(KafkaWorker.CALL));
    }

    private List<List<String>> deliveries() throws IOException {
        return CrashLog.read(log).stream()
                .map(line -> List.of(line.split(" ")))
                .filter(words -> words.get(0).equals("D"))
                .toList();
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
