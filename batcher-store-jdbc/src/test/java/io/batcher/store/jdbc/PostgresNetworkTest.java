/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.BatcherStoreException;
import io.batcher.RetryPolicy;
import io.batcher.store.ItemCodec;
import io.batcher.store.fixtures.Waiting;
import io.batcher.store.jdbc.FaultyProxy.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A network that fails at any request of a batcher to PostgreSQL: nothing is lost, and a call is stored whole or not at all. With
 * {@code -Dbatcher.fault=NAME} one kind of fault only.
 */
@Tag("soak")
@Timeout(3_600)
class PostgresNetworkTest {

    private static final int POSITIONS = 50;

    /** So many positions at once: most of the time they wait. */
    private static final int AT_ONCE = 10;

    private static final int CALLS = 12;
    private static final int ITEMS = 3;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** Longer than a client waits for an answer: a statement has the timeout, the network twice of it. */
    private static final Duration DELAY = Duration.ofSeconds(30);

    private static final Duration BOUND = Duration.ofSeconds(180);

    private final AtomicInteger acknowledged = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger unknown = new AtomicInteger();
    private final AtomicInteger unknownAndStored = new AtomicInteger();
    private final AtomicInteger handledAgain = new AtomicInteger();

    static Stream<Fault> faults() {
        String only = System.getProperty("batcher.fault");
        return Stream.of(Fault.values())
                .filter(fault -> only == null || fault.name().equals(only));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void nothingIsLostWhereverTheNetworkFails(Fault fault) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<Future<?>> runs = IntStream.rangeClosed(1, POSITIONS)
                    .<Future<?>>mapToObj(position -> pool.submit(() -> {
                        new Run(fault, position).run();
                        return position;
                    }))
                    .toList();
            for (Future<?> run : runs) {
                run.get();
            }
        } finally {
            pool.shutdownNow();
        }
        System.out.printf(
                "%s at %d positions: %s calls acknowledged, %s refused, %s unknown (%s of them stored), %s items handled again%n",
                fault, POSITIONS, acknowledged, refused, unknown, unknownAndStored, handledAgain);
    }

    /** A batcher whose network fails at one request. */
    private final class Run {
        private final Fault fault;
        private final int position;
        private final List<String> handled = Collections.synchronizedList(new ArrayList<>());
        private final List<String> calls = new ArrayList<>();
        private final Set<String> acknowledged = new HashSet<>();
        private final Set<String> refused = new HashSet<>();

        Run(Fault fault, int position) {
            this.fault = fault;
            this.position = position;
        }

        void run() throws Exception {
            PGSimpleDataSource source = (PGSimpleDataSource) Postgres.dataSource();
            try (FaultyProxy proxy = new FaultyProxy(source.getPortNumbers()[0], fault, position, DELAY.toNanos())) {
                source.setPortNumbers(new int[] {proxy.port()});
                JdbcStore store = JdbcStore.builder(source)
                        .tablePrefix(Postgres.newPrefix())
                        .pollInterval(Duration.ofMillis(50))
                        .lease(Duration.ofSeconds(2))
                        .timeout(TIMEOUT)
                        .build();
                try (Batcher<String> batcher = Batcher.<String>builder("readings")
                        .store(store)
                        .codec(ItemCodec.strings())
                        .interval(Duration.ofMillis(5))
                        .retry(RetryPolicy.builder()
                                .delay(Duration.ofMillis(10))
                                .build())
                        .onError(failure -> {})
                        .handler(handled::addAll)
                        .build()) {
                    Waiting.until(
                            "the partition is owned",
                            BOUND,
                            () -> batcher.stats().lanes() == 1);
                    proxy.arm();
                    for (int call = 0; call < CALLS; call++) {
                        add(batcher, "call-" + call);
                    }
                    // Polls go on when all is handled, so each position is reached.
                    Waiting.until("the network has failed", BOUND, proxy::hasFailed);
                    Waiting.until("the late request has arrived", BOUND, proxy::isThrough);
                    batcher.flush().get(BOUND.toSeconds(), TimeUnit.SECONDS);
                    Waiting.until(
                            "all are recorded, " + this,
                            BOUND,
                            () -> batcher.stats().depth() == 0);
                }
            }
            verify();
        }

        private void add(Batcher<String> batcher, String call) {
            calls.add(call);
            try {
                batcher.addMany(items(Set.of(call)));
                acknowledged.add(call);
            } catch (BatcherStoreException e) {
                if (!e.outcomeUnknown()) {
                    refused.add(call);
                }
            }
        }

        private void verify() {
            for (String call : calls) {
                long stored =
                        items(Set.of(call)).stream().filter(handled::contains).count();
                if (acknowledged.contains(call)) {
                    assertThat(stored)
                            .as("%s: items of acknowledged %s", this, call)
                            .isEqualTo(ITEMS);
                } else if (refused.contains(call)) {
                    assertThat(stored).as("%s: items of refused %s", this, call).isZero();
                } else {
                    assertThat(stored).as("%s: items of %s", this, call).isIn(0L, (long) ITEMS);
                    unknown.incrementAndGet();
                    unknownAndStored.addAndGet(stored == 0 ? 0 : 1);
                }
            }
            PostgresNetworkTest.this.acknowledged.addAndGet(acknowledged.size());
            PostgresNetworkTest.this.refused.addAndGet(refused.size());
            handledAgain.addAndGet(handled.size() - new HashSet<>(handled).size());
        }

        @Override
        public String toString() {
            return fault + " at " + position;
        }
    }

    private static List<String> items(Set<String> calls) {
        return calls.stream()
                .flatMap(call -> IntStream.range(0, ITEMS).mapToObj(i -> call + "/" + i))
                .toList();
    }
}
