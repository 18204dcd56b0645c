/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.BatcherStoreException;
import io.batcher.Overflow;
import io.batcher.store.ItemCodec;
import io.batcher.store.fixtures.Waiting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The broker is killed under batchers that work, stays away for a minute, and comes back. */
@Tag("soak")
@Timeout(300)
class KafkaBatcherOutageTest {

    private static final String REJECTING = "rejecting";
    private static final String BLOCKING = "blocking";
    private static final int BACKLOG = 1_000;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration OUTAGE = Duration.ofSeconds(60);
    private static final Duration BOUND = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private final List<String> handled = Collections.synchronizedList(new ArrayList<>());
    private final List<String> acknowledged = new ArrayList<>();
    private final List<String> unknown = new ArrayList<>();
    private Broker broker;
    private KafkaStore store;

    @BeforeEach
    void start() {
        broker = new Broker(directory);
        store = KafkaStore.builder(Map.of("bootstrap.servers", broker.servers()))
                .topicPrefix("")
                .timeout(TIMEOUT)
                .build();
    }

    @AfterEach
    void stop() throws InterruptedException {
        broker.close();
    }

    private BatcherBuilder<String> builder(String name) {
        broker.createFor("", name, 1);
        return Batcher.<String>builder(name)
                .store(store)
                .codec(ItemCodec.strings())
                .maxBatchSize(10)
                .interval(Duration.ofMillis(20))
                .handler(batch -> {
                    handled.addAll(batch);
                    Waiting.pause(Duration.ofMillis(20));
                });
    }

    private static List<String> items(String prefix) {
        return IntStream.range(0, BACKLOG).mapToObj(i -> prefix + i).toList();
    }

    @Test
    void addsFailOrWaitByPolicyAndDeliveryResumesByItself() throws Exception {
        try (Batcher<String> rejecting = builder(REJECTING).build();
                Batcher<String> blocking = builder(BLOCKING)
                        .overflow(Overflow.BLOCK)
                        .maxBlock(OUTAGE.multipliedBy(3))
                        .build()) {
            addBacklog(rejecting, REJECTING);
            addBacklog(blocking, BLOCKING);
            Waiting.until(
                    "both deliver",
                    BOUND,
                    () -> rejecting.stats().handled() > 0 && blocking.stats().handled() > 0);

            broker.kill();
            long killed = System.nanoTime();
            // One that waits from the first moment, when the producer may have sent it, and one later.
            CompletableFuture<Void> late = null;
            int tries = 0;
            while (System.nanoTime() - killed < OUTAGE.toNanos()) {
                assertFails(rejecting, "try" + tries++);
                if (late == null) {
                    late = CompletableFuture.runAsync(() -> blocking.add("late"));
                }
                assertThat(late).isNotDone();
            }
            assertThat(tries).isGreaterThan(2);
            assertThat(rejecting.stats().storeFailure()).isPresent();
            assertThat(handled).hasSizeLessThan(2 * BACKLOG);
            int before = handled.size();
            broker.restart();

            late.get(60, TimeUnit.SECONDS);
            acknowledged.add("late");
            Waiting.until("adds succeed", BOUND, () -> adds(rejecting));
            Waiting.until("all are handled", BOUND, () -> handled.containsAll(acknowledged));
            assertThat(handled).hasSizeGreaterThan(before);
            rejecting.flush().get(30, TimeUnit.SECONDS);
            blocking.flush().get(30, TimeUnit.SECONDS);
            assertThat(rejecting.stats().storeFailure()).isEmpty();
            assertThat(rejecting.stats().fenced() + blocking.stats().fenced()).isZero();
        }
        assertThat(handled).doesNotHaveDuplicates();
        assertThat(handled).allMatch(item -> acknowledged.contains(item) || unknown.contains(item));
    }

    private void addBacklog(Batcher<String> batcher, String prefix) {
        batcher.addMany(items(prefix));
        acknowledged.addAll(items(prefix));
    }

    private void assertFails(Batcher<String> batcher, String item) {
        long start = System.nanoTime();
        try {
            batcher.add(item);
        } catch (BatcherStoreException e) {
            assertThat(e).hasMessageContaining("Check that the brokers run");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(TIMEOUT.multipliedBy(3));
            if (e.outcomeUnknown()) {
                unknown.add(item);
            }
            return;
        }
        throw new AssertionError("an add succeeds without a broker");
    }

    private boolean adds(Batcher<String> batcher) {
        try {
            batcher.add("again");
            acknowledged.add("again");
            return true;
        } catch (BatcherStoreException e) {
            if (e.outcomeUnknown()) {
                unknown.add("again");
            }
            return false;
        }
    }
}
