/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batch;
import io.batcher.BatchConsumer;
import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.PartialBatchException;
import io.batcher.RetryPolicy;
import io.batcher.store.ItemCodec;
import io.batcher.store.fixtures.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Instances of a batcher that share the partitions of a topic, with real threads and time. */
@Timeout(180)
class KafkaInstancesTest {

    private static final String BATCHER = "readings";
    private static final int PARTITIONS = 4;
    private static final int KEYS = 40;
    private static final int ITEMS = 2_000;
    private static final Duration BOUND = Duration.ofSeconds(60);

    /** A call of a handler, when it began, and whether it returned normally. */
    private static final class Call {
        final String id;
        final int attempt;
        final List<String> items;
        final long at = System.nanoTime();
        volatile boolean succeeded;

        Call(Batch<String> batch) {
            this.id = batch.id();
            this.attempt = batch.attempt();
            this.items = List.copyOf(batch);
        }
    }

    private final Broker broker = Broker.shared();
    private final String prefix = Broker.newPrefix();
    private final List<Call> calls = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void createTopics() {
        broker.createFor(prefix, BATCHER, PARTITIONS);
    }

    private BatcherBuilder<String> builder(BatchConsumer<String> handler) {
        return builder(Map.of("session.timeout.ms", 10_000, "heartbeat.interval.ms", 200), handler);
    }

    private BatcherBuilder<String> builder(Map<String, ?> consumer, BatchConsumer<String> handler) {
        return Batcher.<String>builder(BATCHER)
                .store(KafkaStore.builder(Map.of("bootstrap.servers", broker.servers()))
                        .consumerProperties(consumer)
                        .topicPrefix(prefix)
                        .build())
                .codec(ItemCodec.strings())
                .key(item -> Integer.parseInt(item) % KEYS)
                .partitions(PARTITIONS)
                .concurrency(PARTITIONS)
                .maxBatchSize(100)
                .retry(RetryPolicy.builder().delay(Duration.ofMillis(100)).build())
                .onError(failure -> {})
                .interval(Duration.ofMillis(30))
                .handler(batch -> {
                    Call call = new Call(batch);
                    calls.add(call);
                    handler.accept(batch);
                    call.succeeded = true;
                });
    }

    private static List<String> items(int from, int to) {
        return IntStream.range(from, to).mapToObj(Integer::toString).toList();
    }

    private List<Call> calls() {
        synchronized (calls) {
            return List.copyOf(calls);
        }
    }

    private List<String> handled() {
        return calls().stream()
                .filter(call -> call.succeeded)
                .flatMap(call -> call.items.stream())
                .toList();
    }

    private static void awaitShares(Batcher<String> one, Batcher<String> two) {
        Waiting.until(
                "the partitions are shared",
                BOUND,
                () -> one.stats().lanes() == PARTITIONS / 2 && two.stats().lanes() == PARTITIONS / 2);
    }

    private static void awaitAll(Batcher<String> batcher) {
        Waiting.until("all partitions are owned", BOUND, () -> batcher.stats().lanes() == PARTITIONS);
    }

    private void assertHandledOnce(int items) {
        assertThat(handled()).containsExactlyInAnyOrderElementsOf(items(0, items));
    }

    /** The first calls have the items of each key in order. */
    private void assertOrderOfKeys() {
        Map<Integer, Integer> last = new HashMap<>();
        for (String item : handled()) {
            int number = Integer.parseInt(item);
            assertThat(number).isGreaterThan(last.getOrDefault(number % KEYS, -1));
            last.put(number % KEYS, number);
        }
    }

    /** A batch comes again with the same items, and each attempt with a higher number. */
    private void assertBatchesStayTheSame() {
        Map<String, Call> last = new HashMap<>();
        for (Call call : calls()) {
            Call before = last.put(call.id, call);
            if (before != null) {
                assertThat(call.items).as("items of %s", call.id).isEqualTo(before.items);
                assertThat(call.attempt).as("attempt of %s", call.id).isGreaterThan(before.attempt);
                assertThat(before.succeeded).as("%s came again", call.id).isFalse();
            }
        }
    }

    @Test
    void aFlushCoversWhatOtherInstancesDeliver() throws Exception {
        try (Batcher<String> one = builder(batch -> {}).build();
                Batcher<String> two = builder(batch -> {}).build()) {
            awaitShares(one, two);
            for (int i = 0; i < ITEMS; i += 50) {
                one.addMany(items(i, i + 20));
                two.addMany(items(i + 20, i + 50));
            }
            CompletableFuture<Void> submitted = one.submit(Integer.toString(ITEMS));
            one.flush().get(60, TimeUnit.SECONDS);
            assertHandledOnce(ITEMS + 1);
            submitted.get(60, TimeUnit.SECONDS);
            assertThat(one.stats().handled()).isPositive();
            assertThat(two.stats().handled()).isPositive();
        }
        assertHandledOnce(ITEMS + 1);
        assertOrderOfKeys();
    }

    @Test
    void aFlushWaitsForTheBatchThatAnotherInstanceHasInHand() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (Batcher<String> one = builder(batch -> {}).build();
                Batcher<String> two = builder(batch -> release.await()).build()) {
            awaitShares(one, two);
            one.addMany(items(0, KEYS));
            Waiting.until("both have called", BOUND, () -> calls().size() >= PARTITIONS);

            CompletableFuture<Void> flush = one.flush();
            Waiting.pause(Duration.ofSeconds(2));
            assertThat(flush).isNotDone();

            release.countDown();
            flush.get(60, TimeUnit.SECONDS);
            assertHandledOnce(KEYS);
        } finally {
            release.countDown();
        }
    }

    @Test
    void aPausedInstanceLeavesItsPartitionsToTheOther() {
        try (Batcher<String> one = builder(batch -> {}).build();
                Batcher<String> two = builder(batch -> {}).build()) {
            awaitShares(one, two);
            one.pause();
            awaitAll(two);
            assertThat(one.stats().lanes()).isZero();
            one.addMany(items(0, ITEMS));
            Waiting.until("the other has handled all", BOUND, () -> two.stats().handled() == ITEMS);
            assertThat(one.stats().handled()).isZero();

            one.resume();
            awaitShares(one, two);
            one.addMany(items(ITEMS, 2 * ITEMS));
            Waiting.until("both have handled all", BOUND, () -> handled().size() == 2 * ITEMS);
            assertThat(one.stats().handled()).isPositive();
        }
        assertHandledOnce(2 * ITEMS);
        assertOrderOfKeys();
    }

    @Test
    void anInstanceThatClosesFinishesItsBatchAndIsReplacedWithinAPoll() throws Exception {
        // The session timeout plays no part.
        Map<String, Integer> slow = Map.of("session.timeout.ms", 45_000, "heartbeat.interval.ms", 1_000);
        CountDownLatch release = new CountDownLatch(1);
        try (Batcher<String> stays = builder(slow, batch -> {}).build()) {
            Batcher<String> leaves = builder(slow, batch -> release.await()).build();
            awaitShares(stays, leaves);
            stays.addMany(items(0, KEYS));
            Waiting.until("both have called", BOUND, () -> calls().size() >= PARTITIONS);

            CompletableFuture<Void> closed = CompletableFuture.runAsync(leaves::close);
            stays.addMany(items(KEYS, 2 * KEYS));
            release.countDown();
            closed.get(30, TimeUnit.SECONDS);
            long start = System.nanoTime();
            Waiting.until("the other has handled all", BOUND, () -> handled().size() == 2 * KEYS);

            // A heartbeat of 1 s tells of the change; the rest is time of a busy machine.
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
            assertThat(leaves.stats().handled()).isPositive();
        } finally {
            release.countDown();
        }
        assertHandledOnce(2 * KEYS);
        assertOrderOfKeys();
        assertThat(calls()).allSatisfy(call -> assertThat(call.attempt).isOne());
    }

    @Test
    void aRebalanceDuringARetryRepeatsOnlyTheBatchInHand() {
        AtomicBoolean fails = new AtomicBoolean(true);
        BatchConsumer<String> failing = batch -> {
            if (fails.get()) {
                throw new IllegalStateException("not yet");
            }
        };
        try (Batcher<String> one = builder(failing).build()) {
            awaitAll(one);
            one.addMany(items(0, ITEMS));
            Waiting.until(
                    "each partition is at a retry", BOUND, () -> one.stats().failedAttempts() > 2 * PARTITIONS);
            List<String> inHand =
                    calls().stream().map(call -> call.id).distinct().toList();
            assertThat(inHand).hasSize(PARTITIONS);

            try (Batcher<String> two = builder(failing).build()) {
                awaitShares(one, two);
                Waiting.until("the other retries too", BOUND, () -> two.stats().failedAttempts() > PARTITIONS);
                assertThat(calls()).extracting(call -> call.id).isSubsetOf(inHand);
                fails.set(false);
                Waiting.until("all are handled", BOUND, () -> handled().size() == ITEMS);
                assertThat(two.stats().handled()).isPositive();
                assertThat(one.stats().fenced() + two.stats().fenced()).isZero();
            }
        }
        assertHandledOnce(ITEMS);
        assertOrderOfKeys();
        assertBatchesStayTheSame();
    }

    @Test
    void aHandlerThatTakesLongerThanThePollIntervalIsCalledOnce() {
        AtomicBoolean first = new AtomicBoolean(true);
        Map<String, Integer> quick =
                Map.of("session.timeout.ms", 2_000, "heartbeat.interval.ms", 200, "max.poll.interval.ms", 1_000);
        try (Batcher<String> batcher = builder(quick, batch -> {
                    if (first.getAndSet(false)) {
                        Waiting.pause(Duration.ofSeconds(4));
                    }
                })
                .build()) {
            batcher.addMany(items(0, ITEMS));
            Waiting.until("all are handled", BOUND, () -> batcher.stats().handled() == ITEMS);
            assertThat(batcher.stats().fenced()).isZero();
        }
        assertHandledOnce(ITEMS);
        assertOrderOfKeys();
        assertThat(calls()).allSatisfy(call -> assertThat(call.attempt).isOne());
    }

    @Test
    void whatABatchHasLeftAfterAPartialFailureIsDeliveredAloneAlsoAfterARestart() {
        RetryPolicy later = RetryPolicy.builder().delay(Duration.ofSeconds(2)).build();
        try (Batcher<String> first = builder(batch -> {
                    throw new PartialBatchException(Map.of(1, new IllegalStateException("second item")));
                })
                .key(item -> 0)
                .retry(later)
                .build()) {
            first.addMany(items(0, 5));
            Waiting.until("four are handled", BOUND, () -> first.stats().handled() == 4);
        }
        assertThat(calls()).hasSize(1);
        Call whole = calls.remove(0);
        assertThat(whole.items).containsExactly("0", "1", "2", "3", "4");

        try (Batcher<String> second =
                builder(batch -> {}).key(item -> 0).retry(later).build()) {
            Waiting.until("the rest is handled", BOUND, () -> second.stats().handled() == 1);
            second.addMany(items(5, 6));
            Waiting.until("what follows is handled", BOUND, () -> second.stats().handled() == 2);
        }
        assertThat(handled()).containsExactly("1", "5");
        assertThat(calls().get(0).attempt).isEqualTo(2);
    }

    @Test
    void callsKeepTheirPace() {
        Duration per = Duration.ofMillis(250);
        try (Batcher<String> batcher =
                builder(batch -> {}).maxBatchSize(10).pace(1, per).build()) {
            batcher.addMany(items(0, 100));
            Waiting.until("all are handled", BOUND, () -> batcher.stats().handled() == 100);
        }
        List<Call> paced = calls();
        assertThat(paced).hasSizeGreaterThanOrEqualTo(10);
        for (int i = 1; i < paced.size(); i++) {
            // The clock of a call is read after its pace was kept.
            assertThat(Duration.ofNanos(paced.get(i).at - paced.get(i - 1).at))
                    .isGreaterThan(per.multipliedBy(4).dividedBy(5));
        }
        assertHandledOnce(100);
    }
}
