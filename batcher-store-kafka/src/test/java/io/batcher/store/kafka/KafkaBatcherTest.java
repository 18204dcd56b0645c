/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.RetryPolicy;
import io.batcher.store.ItemCodec;
import io.batcher.store.fixtures.Waiting;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Batchers on Kafka, with real threads and time. */
@Timeout(180)
class KafkaBatcherTest {

    private static final String BATCHER = "readings";
    private static final int KEYS = 5;
    private static final int ITEMS = 2_000;

    private final Broker broker = Broker.shared();
    private final String prefix = Broker.newPrefix();
    private final List<String> handled = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void createTopics() {
        broker.createFor(prefix, BATCHER, 4);
    }

    private BatcherBuilder<String> builder() {
        KafkaStore store = KafkaStore.builder(Map.of("bootstrap.servers", broker.servers()))
                .consumerProperties(Map.of("session.timeout.ms", 2_000, "heartbeat.interval.ms", 200))
                .topicPrefix(prefix)
                .build();
        return Batcher.<String>builder(BATCHER)
                .store(store)
                .codec(ItemCodec.strings())
                .key(item -> Integer.parseInt(item) % KEYS)
                .partitions(4)
                .concurrency(2)
                .maxBatchSize(100)
                .interval(Duration.ofMillis(30));
    }

    private static List<String> items(int from, int to) {
        return IntStream.range(from, to).mapToObj(Integer::toString).toList();
    }

    @Test
    void itemsAreHandledOnceInTheOrderOfTheirKeyAndAfterARestart() throws Exception {
        try (Batcher<String> first = builder().handler(handled::addAll).build()) {
            for (int i = 0; i < ITEMS; i += 50) {
                first.addMany(items(i, i + 50));
            }
            CompletableFuture<Void> submitted = first.submit(Integer.toString(ITEMS));
            submitted.get(60, TimeUnit.SECONDS);
            first.flush().get(60, TimeUnit.SECONDS);
            assertThat(first.stats().handled()).isEqualTo(ITEMS + 1);
            first.pause();
            first.addMany(items(ITEMS + 1, ITEMS + 11));
        }
        try (Batcher<String> second = builder().handler(handled::addAll).build()) {
            Waiting.until("the rest is handled", () -> second.stats().handled() == 10);
        }
        assertThat(handled).hasSize(ITEMS + 11).doesNotHaveDuplicates();
        Map<Integer, Integer> last = new HashMap<>();
        for (String item : List.copyOf(handled)) {
            int number = Integer.parseInt(item);
            assertThat(number).isGreaterThan(last.getOrDefault(number % KEYS, -1));
            last.put(number % KEYS, number);
        }
    }

    @Test
    void givenUpItemsGoToTheDeadTopicAndTheOthersAreHandled() throws Exception {
        RetryPolicy policy =
                RetryPolicy.builder().maxAttempts(1).isolatePoison(true).build();
        List<String> dead = Collections.synchronizedList(new ArrayList<>());
        try (Batcher<String> batcher = builder()
                .retry(policy)
                .onError(failure -> {})
                .onDeadLetter(letter -> dead.addAll(letter.items()))
                .handler(batch -> {
                    if (batch.contains("7")) {
                        throw new IllegalArgumentException("poison");
                    }
                    handled.addAll(batch);
                })
                .build()) {
            batcher.addMany(items(0, 200));
            Waiting.until(
                    "all are settled",
                    () -> batcher.stats().handled() == 199 && batcher.stats().deadLettered() == 1);
            assertThat(dead).containsExactly("7");
            assertThat(batcher.deadLetters()).isEmpty();
        }
        assertThat(handled).hasSize(199).doesNotHaveDuplicates();
        assertThat(broker.read(prefix + BATCHER + "-dead"))
                .singleElement()
                .satisfies(letter -> assertThat(new String(letter.value(), StandardCharsets.UTF_8))
                        .isEqualTo("7"))
                .satisfies(letter -> assertThat(
                                letter.headers().lastHeader(Records.ERROR).value())
                        .asString(StandardCharsets.UTF_8)
                        .isEqualTo(IllegalArgumentException.class.getName()));
    }

    @Test
    void aCapacityIsRefused() {
        assertThatThrownBy(() -> builder().capacity(5).maxBatchSize(5).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("capacity cannot be set with a store of kind kafka");
    }

    @Test
    void aBatchThatItsCommitCannotRecordIsRefused() {
        assertThatThrownBy(() -> builder().maxBatchSize(1_000_000).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("maxBatchSize must not be more than what the store of kind kafka records");
    }
}
