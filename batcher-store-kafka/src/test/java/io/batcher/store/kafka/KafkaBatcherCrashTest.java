/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.store.fixtures.CrashLog;
import io.batcher.store.fixtures.CrashVerdict;
import io.batcher.store.fixtures.CrashWorkers;
import io.batcher.store.fixtures.Waiting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

    @TempDir
    Path temp;

    private final Broker broker = Broker.shared();
    private final String prefix = Broker.newPrefix();
    private CrashWorkers workers;

    @BeforeEach
    void start() throws IOException {
        workers = new CrashWorkers(temp, 45, KafkaWorker.class, List.of(broker.servers(), prefix));
        broker.createFor(prefix, KafkaWorker.BATCHER, KafkaWorker.PARTITIONS);
        workers.start(WORKERS);
    }

    @AfterEach
    void stop() throws InterruptedException {
        workers.close();
    }

    @Test
    void killsLoseNothingAndLeaveNoCallInPart() throws Exception {
        int kills = 0;
        // On a busy machine a killed process may have had no batch in hand.
        for (; kills < KILLS || (workers.verdict().redelivered() == 0 && kills < 4 * KILLS); kills++) {
            workers.pause(1_500);
            workers.replaceOne();
        }
        CrashVerdict verdict = workers.drain();
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
        for (; stops < STOPS || (workers.lines("F") == 0 && stops < 4 * STOPS); stops++) {
            workers.pause(300);
            workers.stopFor(KafkaWorker.SESSION.plusMillis(1_500), stops);
            Waiting.pause(Duration.ofSeconds(1));
        }
        CrashVerdict verdict = workers.drain();
        verdict.assertNothingLost();
        verdict.assertOrder();
        verdict.assertRedeliveriesAreTheSameBatch(stops + WORKERS);
        assertCallsAreWhole();
        assertThat(workers.lines("F")).as("fenced").isPositive();
    }

    @Test
    void instancesThatComeAndGoRepeatNothing() throws Exception {
        try (CrashLog shared = new CrashLog(workers.log())) {
            for (int storm = 0; storm < STORMS; storm++) {
                try (Batcher<String> guest =
                        KafkaWorker.builder(broker.servers(), prefix, shared).build()) {
                    workers.pause(1_000);
                    assertThat(guest.stats().fenced()).isZero();
                }
            }
        }
        workers.terminate();
        CrashVerdict verdict = workers.drain();
        verdict.assertNothingLost();
        verdict.assertOrder();
        verdict.assertRedeliveriesAreTheSameBatch(0);
        assertCallsAreWhole();
        assertThat(verdict.acknowledged()).isGreaterThan(STORMS * KafkaWorker.CALL);
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
        return CrashLog.read(workers.log()).stream()
                .map(line -> List.of(line.split(" ")))
                .filter(words -> words.get(0).equals("D"))
                .toList();
    }
}
