/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.store.fixtures.CrashVerdict;
import io.batcher.store.fixtures.CrashWorker;
import io.batcher.store.fixtures.CrashWorkers;
import io.batcher.store.fixtures.TestProcess;
import io.batcher.store.fixtures.Waiting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
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

    @TempDir
    Path temp;

    private final Random random = new Random(44);
    private final Broker broker = Broker.shared();
    private final String prefix = Broker.newPrefix();
    private CrashWorkers workers;

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
        workers = new CrashWorkers(temp, 44, KafkaCrashTest.class, List.of(broker.servers(), prefix));
        broker.createFor(prefix, CrashWorker.BATCHER, CrashWorker.PARTITIONS);
        workers.start(WORKERS);
    }

    @AfterEach
    void stop() throws InterruptedException {
        workers.close();
    }

    @Test
    void nothingIsLostByKills() throws Exception {
        for (int kill = 0; kill < KILLS; kill++) {
            workers.pause(1_500);
            workers.replaceOne();
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
            workers.pause(300);
            workers.stopFor(SESSION.plusMillis(1_500), stop);
            Waiting.pause(Duration.ofSeconds(1));
        }
        CrashVerdict verdict = drain();
        verdict.assertNothingLost();
        verdict.assertOrder();
        verdict.assertRedeliveriesAreTheSameBatch(STOPS + WORKERS);
        assertThat(workers.lines("F")).as("fenced").isPositive();
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

    /** Ends the workers and delivers what is left. */
    private CrashVerdict drain() throws Exception {
        CrashVerdict verdict = workers.drain();
        assertThat(workers.lines("L")).as("losses").isZero();
        return verdict;
    }
}
