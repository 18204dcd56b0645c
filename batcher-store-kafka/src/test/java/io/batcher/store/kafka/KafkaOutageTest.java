/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.BatcherStoreException;
import io.batcher.store.BatchRecord;
import io.batcher.store.Partition;
import io.batcher.store.PartitionLostException;
import io.batcher.store.Settlement;
import io.batcher.store.StoredItem;
import io.batcher.store.fixtures.TestProcess;
import io.batcher.store.fixtures.Waiting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The broker is killed, stays away for longer than a session lasts, and comes back. */
@Tag("soak")
@Timeout(180)
class KafkaOutageTest {

    private static final String BATCHER = "readings";
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final Duration SESSION = Duration.ofSeconds(4);
    private static final Duration BOUND = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private final List<String> settled = new ArrayList<>();
    private Broker broker;
    private TestProcess process;

    @BeforeEach
    void start() {
        broker = new Broker(directory);
        broker.createFor("", BATCHER, 1);
        process = TestProcess.start(
                KafkaStore.builder(Map.of("bootstrap.servers", broker.servers()))
                        .consumerProperties(
                                Map.of("session.timeout.ms", (int) SESSION.toMillis(), "heartbeat.interval.ms", 200))
                        .topicPrefix("")
                        .timeout(TIMEOUT)
                        .build(),
                BATCHER,
                1);
        Waiting.until("the partition is owned", BOUND, () -> process.owned.containsKey(0));
    }

    @AfterEach
    void stop() throws InterruptedException {
        process.session().close();
        broker.close();
    }

    @Test
    void callsFailMeanwhileAndEverythingResumesByItself() throws InterruptedException {
        process.append(0, "a", "b");
        Partition partition = process.owned.get(0);
        List<StoredItem> items = new ArrayList<>();
        Waiting.until("items are read", BOUND, () -> {
            items.addAll(partition.next(2, 100));
            return items.size() == 2;
        });
        partition.begin(new BatchRecord("readings-1", items, 1, 1));

        broker.kill();
        long start = System.nanoTime();
        assertThatThrownBy(() -> process.append(0, "c"))
                .isInstanceOf(BatcherStoreException.class)
                .hasMessageContaining("Check that the brokers run");
        assertThatThrownBy(() -> partition.settle(Settlement.handled(items)))
                .isInstanceOf(BatcherStoreException.class)
                .isNotInstanceOf(PartitionLostException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
        Waiting.pause(SESSION.multipliedBy(2));
        broker.restart();

        // No other process has committed, so the record is repeated and no handler is called again.
        Waiting.until("the outcome is recorded", BOUND, () -> settles(partition, items));
        Waiting.until("adds succeed", BOUND, this::adds);
        Waiting.until("what was added is delivered", BOUND, this::delivers);
        assertThat(settled.get(settled.size() - 1)).isEqualTo("d");
        assertThat(settled).doesNotContain("a", "b");
        assertThat(process.damage).isEmpty();
    }

    private static boolean settles(Partition partition, List<StoredItem> items) {
        try {
            partition.settle(Settlement.handled(items));
            return true;
        } catch (PartitionLostException e) {
            throw e;
        } catch (BatcherStoreException e) {
            return false;
        }
    }

    private boolean adds() {
        try {
            process.append(0, "d");
            return true;
        } catch (BatcherStoreException e) {
            return false;
        }
    }

    private boolean delivers() {
        Partition owned = process.owned.get(0);
        List<StoredItem> items = owned == null ? List.of() : owned.next(1, 100);
        if (items.isEmpty()) {
            return false;
        }
        owned.begin(new BatchRecord("readings-2", items, 1, 1));
        owned.settle(Settlement.handled(items));
        settled.addAll(TestProcess.texts(items));
        return settled.contains("d");
    }
}
