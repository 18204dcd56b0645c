/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batch;
import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.BatcherClock;
import io.batcher.BatcherException;
import io.batcher.PartialBatchException;
import io.batcher.RetryPolicy;
import io.batcher.store.fixtures.FakeDatabase;
import io.batcher.store.fixtures.FakeStore;
import io.batcher.store.fixtures.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several processes with real threads on a store that fails again and again, with handlers that fail, and processes that end. */
@Timeout(120)
class StoreChaosTest {

    private static final int PRODUCERS = 4;
    private static final int PARTITIONS = 6;
    private static final Duration RUN = Duration.ofMillis(Integer.getInteger("batcher.store.chaos.millis", 1_500));

    private final FakeDatabase database = new FakeDatabase(BatcherClock.system(), Duration.ofMillis(500));
    private final ScheduledExecutorService polls = Executors.newScheduledThreadPool(2);
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final Set<String> handled = ConcurrentHashMap.newKeySet();
    private final Set<String> dead = ConcurrentHashMap.newKeySet();
    private final Map<String, List<String>> contents = new ConcurrentHashMap<>();
    private final Map<String, Integer> lastByKey = new HashMap<>();
    private final List<String> wrong = new ArrayList<>();

    /** Batchers whose process was killed: they are closed at the end, so that they log nothing beside other tests. */
    private final List<Batcher<String>> killed = new ArrayList<>();

    @AfterEach
    void stop() {
        killed.forEach(batcher -> batcher.close(Duration.ZERO));
        polls.shutdownNow();
    }

    /** A process. */
    private record Live(FakeStore store, Batcher<String> batcher) {}

    private Live start(boolean async) {
        FakeStore store = new FakeStore(database);
        BatcherBuilder<String> builder = Batcher.<String>builder("chaos")
                .store(store)
                .codec(ItemCodec.strings())
                .key(item -> item.substring(0, item.indexOf(':')))
                .partitions(PARTITIONS)
                .concurrency(3)
                .maxBatchSize(20)
                .interval(Duration.ofMillis(5))
                .retry(RetryPolicy.builder()
                        .delay(Duration.ofMillis(2))
                        .maxAttempts(4)
                        .build())
                .onError(failure -> {})
                .onDeadLetter(letter -> dead.addAll(letter.items()));
        if (async) {
            builder.asyncHandler(batch -> CompletableFuture.runAsync(() -> handle(batch), polls));
        } else {
            builder.handler(this::handle);
        }
        while (true) {
            try {
                Batcher<String> batcher = builder.build();
                store.pollEvery(
                        Duration.ofMillis(10),
                        (task, delay) -> polls.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS));
                return new Live(store, batcher);
            } catch (BatcherException down) {
                Thread.onSpinWait(); // the store has failed at the start
            }
        }
    }

    private void handle(Batch<String> batch) {
        List<String> items = List.copyOf(batch);
        List<String> before = contents.putIfAbsent(batch.id(), items);
        synchronized (lastByKey) {
            if (before != null && !before.equals(items)) {
                wrong.add("another content for " + batch.id());
            }
            for (String item : items) {
                String key = item.substring(0, item.indexOf(':'));
                int number = Integer.parseInt(item.substring(item.indexOf(':') + 1));
                if (number > lastByKey.getOrDefault(key, 0) + 1 && !mayBeMissing(key, number)) {
                    wrong.add(item + " overtook " + lastByKey.get(key));
                }
                lastByKey.merge(key, number, Math::max);
            }
        }
        int outcome = ThreadLocalRandom.current().nextInt(10);
        if (outcome == 0) {
            throw new IllegalStateException("failure");
        } else if (outcome == 1) {
            handled.addAll(items.subList(1, items.size()));
            throw new PartialBatchException(Map.of(0, new IllegalStateException("failure")));
        }
        handled.addAll(items);
    }

    /** An item whose add has failed was not stored. */
    private boolean mayBeMissing(String key, int number) {
        for (int between = lastByKey.getOrDefault(key, 0) + 1; between < number; between++) {
            if (acknowledged.contains(key + ":" + between)) {
                return false;
            }
        }
        return true;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nothingThatWasAcknowledgedIsLost(boolean async) {
        Random random = new Random(42);
        List<Live> live = new ArrayList<>();
        live.add(start(async));
        live.add(start(async));
        AtomicBoolean stopped = new AtomicBoolean();
        List<Thread> producers = new ArrayList<>();
        List<Live> shared = java.util.Collections.synchronizedList(live);
        for (int i = 0; i < PRODUCERS; i++) {
            String key = "p" + i + "k";
            Thread producer = new Thread(() -> produce(key, shared, stopped));
            producer.start();
            producers.add(producer);
        }
        long end = System.nanoTime() + RUN.toNanos();
        while (System.nanoTime() < end) {
            database.faults().failAt(1 + random.nextInt(30), random.nextBoolean());
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(20)));
            if (random.nextInt(15) == 0) {
                Live next = start(async);
                Live old = shared.remove(0);
                shared.add(next);
                if (random.nextBoolean()) {
                    old.store().kill();
                    killed.add(old.batcher());
                } else {
                    database.faults().reset();
                    old.batcher().close(Duration.ofSeconds(1));
                    old.store().kill();
                }
            }
        }
        stopped.set(true);
        database.faults().reset();
        producers.forEach(this::join);
        Waiting.until("the store is empty", () -> database.size() == 0);
        Waiting.until("all is settled", () -> {
            Set<String> missing = ConcurrentHashMap.newKeySet();
            missing.addAll(acknowledged);
            missing.removeAll(handled);
            missing.removeAll(dead);
            return missing.isEmpty() || deadLetters() >= missing.size();
        });
        assertThat(wrong).isEmpty();
        assertThat(acknowledged).hasSizeGreaterThan(100);
        live.forEach(each -> {
            each.batcher().close(Duration.ofSeconds(1));
            each.store().kill();
        });
    }

    private long deadLetters() {
        FakeStore observer = new FakeStore(database);
        try (StoreSession session = observer.open(new StoreContext(
                "chaos", PARTITIONS, BatcherClock.system(), new io.batcher.store.fixtures.IgnoringListener()))) {
            return session.deadLetters().orElseThrow().count();
        }
    }

    private void produce(String prefix, List<Live> live, AtomicBoolean stopped) {
        Random random = new Random(prefix.hashCode());
        int[] next = new int[3];
        while (!stopped.get()) {
            int key = random.nextInt(next.length);
            String item = prefix + key + ":" + ++next[key];
            try {
                Batcher<String> batcher = live.get(random.nextInt(2)).batcher();
                if (random.nextInt(5) == 0) {
                    CompletableFuture<Void> future = batcher.submit(item);
                    future.exceptionally(failure -> null); // tells whether it was handled, not whether it is stored
                } else {
                    batcher.add(item);
                    acknowledged.add(item);
                }
            } catch (BatcherException | IndexOutOfBoundsException refused) {
                continue; // the item may or may not be stored
            }
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(300)));
        }
    }

    private void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
