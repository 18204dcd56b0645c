/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.AttemptInterruptedException;
import io.batcher.Batch;
import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.store.fixtures.StoredFixture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * One to five processes share eight partitions; they join, leave and are killed by seed while items are added and handlers succeed and fail.
 * Nothing is lost, order is kept per key, a batch is delivered twice only for a failure or a kill, and the shares become even.
 */
class SharedRunTest {

    private static final int RUNS = Integer.getInteger("batcher.shared.runs", 200);
    private static final int STEPS = 60;
    private static final int PARTITIONS = 8;
    private static final int KEYS = 20;

    @Test
    void processesJoinLeaveAndDieAndNothingIsLost() {
        for (int seed = 1; seed <= RUNS; seed++) {
            new Run(seed).run();
        }
    }

    /** A call of a handler that has not ended. */
    private record Pending(Object process, Batch<String> batch, CompletableFuture<Void> stage) {}

    /** A process, and what its calls are known by: they may begin before it has started. */
    private record Live(Object id, StoredFixture.Process process) {}

    private static final class Run {

        private final String name;
        private final Random random;
        private final StoredFixture rig = new StoredFixture();
        private final List<Live> live = new ArrayList<>();
        private final List<Pending> pending = new ArrayList<>();
        private final Map<String, Integer> added = new HashMap<>();
        private final Set<String> handled = new HashSet<>();
        private final Map<String, Integer> firstDelivered = new HashMap<>();
        private final Map<String, List<String>> contents = new HashMap<>();
        private final Map<String, Integer> attempts = new HashMap<>();
        private int redelivered;
        private int failures;
        private int kills;

        Run(int seed) {
            this.name = "seed " + seed;
            this.random = new Random(seed);
        }

        void run() {
            join();
            for (int step = 0; step < STEPS; step++) {
                step();
            }
            while (live.size() > 3) {
                leave();
            }
            settleEverything();
            assertThat(handled)
                    .as(name)
                    .hasSize(added.values().stream().mapToInt(i -> i).sum());
            long interrupted = rig.failures.stream()
                    .filter(failure -> failure.cause() instanceof AttemptInterruptedException)
                    .count();
            assertThat(interrupted).as(name).isLessThanOrEqualTo((long) kills * PARTITIONS);
            assertThat(redelivered).as(name).isLessThanOrEqualTo((int) interrupted);
            rig.advance(StoredFixture.LEASE.multipliedBy(2));
            List<Integer> shares = live.stream()
                    .map(each -> each.process().batcher.stats().lanes())
                    .toList();
            assertThat(shares.stream().mapToInt(i -> i).sum()).as(name).isEqualTo(PARTITIONS);
            assertThat(shares)
                    .as(name)
                    .allMatch(share ->
                            share == PARTITIONS / live.size() || share == (PARTITIONS + live.size() - 1) / live.size());
            assertThat(live)
                    .as(name)
                    .allMatch(each -> each.process().batcher.stats().fenced() == 0);
            live.forEach(each -> each.process().close());
        }

        private void step() {
            switch (random.nextInt(12)) {
                case 0 -> {
                    if (live.size() < 5) {
                        join();
                    }
                }
                case 1 -> {
                    if (live.size() > 1) {
                        leave();
                    }
                }
                case 2 -> {
                    if (live.size() > 1) {
                        kill();
                    }
                }
                case 3, 4, 5, 6 -> add();
                case 7, 8 -> complete();
                default -> rig.advanceMillis(random.nextInt(1_000));
            }
        }

        private void join() {
            Object id = new Object();
            StoredFixture.Process process =
                    rig.start(builder -> options(builder).asyncHandler(batch -> {
                        CompletableFuture<Void> stage = new CompletableFuture<>();
                        delivered(batch);
                        pending.add(new Pending(id, batch, stage));
                        return stage;
                    }));
            live.add(new Live(id, process));
        }

        private static BatcherBuilder<String> options(BatcherBuilder<String> builder) {
            return builder.key(item -> item.substring(0, item.indexOf(':')))
                    .partitions(PARTITIONS)
                    .concurrency(3)
                    .maxBatchSize(5)
                    .interval(Duration.ofMillis(200));
        }

        private void delivered(Batch<String> batch) {
            String before = String.join(",", batch);
            assertThat(contents.computeIfAbsent(batch.id(), id -> List.copyOf(batch)))
                    .as(name + ": same id, same items")
                    .isEqualTo(List.copyOf(batch));
            assertThat(batch.attempt()).as(name + ": " + before).isGreaterThan(attempts.getOrDefault(batch.id(), 0));
            attempts.put(batch.id(), batch.attempt());
            assertThat(pending)
                    .as(name + ": one call at a time with the items of a key")
                    .noneMatch(call -> shareKey(call.batch(), batch));
            for (String item : batch) {
                String key = item.substring(0, item.indexOf(':'));
                int number = Integer.parseInt(item.substring(item.indexOf(':') + 1));
                int last = firstDelivered.getOrDefault(key, 0);
                assertThat(number).as(name + ": order of " + item).isLessThanOrEqualTo(last + 1);
                firstDelivered.put(key, Math.max(last, number));
            }
        }

        private static boolean shareKey(Batch<String> one, Batch<String> other) {
            return one.stream()
                    .anyMatch(item ->
                            other.stream().anyMatch(its -> its.startsWith(item.substring(0, item.indexOf(':') + 1))));
        }

        private void leave() {
            Live leaving = live.remove(random.nextInt(live.size()));
            for (Pending call : List.copyOf(pending)) {
                if (call.process() == leaving.id()) {
                    succeed(call);
                }
            }
            rig.runReady();
            leaving.process().batcher.close(Duration.ofSeconds(1));
            pending.removeIf(call -> {
                if (call.process() == leaving.id()) {
                    call.stage().complete(null); // begun while it closed
                    kills++;
                    return true;
                }
                return false;
            });
            leaving.process().store.kill();
        }

        private void kill() {
            Live killed = live.remove(random.nextInt(live.size()));
            killed.process().kill();
            pending.removeIf(call -> call.process() == killed.id());
            kills++;
        }

        private void add() {
            Batcher<String> batcher = live.get(random.nextInt(live.size())).process().batcher;
            List<String> items = new ArrayList<>();
            for (int i = random.nextInt(8); i >= 0; i--) {
                String key = "k" + random.nextInt(KEYS);
                items.add(key + ":" + added.merge(key, 1, Integer::sum));
            }
            batcher.addMany(items);
        }

        private void complete() {
            if (pending.isEmpty()) {
                return;
            }
            Pending call = pending.get(random.nextInt(pending.size()));
            if (random.nextInt(4) == 0) {
                failures++;
                pending.remove(call);
                call.stage().completeExceptionally(new IllegalStateException("failure"));
            } else {
                succeed(call);
            }
            rig.runReady();
        }

        private void succeed(Pending call) {
            pending.remove(call);
            boolean again =
                    call.batch().stream().filter(item -> !handled.add(item)).count() > 0;
            redelivered += again ? 1 : 0;
            call.stage().complete(null);
        }

        private void settleEverything() {
            for (int i = 0; i < 2_000 && rig.database.size() > 0; i++) {
                rig.advanceMillis(200);
                List.copyOf(pending).forEach(this::succeed);
                rig.runReady();
            }
            assertThat(rig.database.size()).as(name).isZero();
        }
    }
}
