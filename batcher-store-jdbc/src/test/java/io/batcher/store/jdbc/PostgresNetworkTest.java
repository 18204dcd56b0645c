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
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A network that fails at any request of a batcher to PostgreSQL: nothing is lost, and a call is stored whole or not at all. */
@Tag("soak")
@Timeout(3_600)
class PostgresNetworkTest {

    private static final int POSITIONS = 50;
    private static final int CALLS = 12;
    private static final int ITEMS = 3;
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    /** Longer than a client waits for an answer: a statement has the timeout, the network twice of it. */
    private static final Duration DELAY = TIMEOUT.multipliedBy(3);

    private final List<String> handled = Collections.synchronizedList(new ArrayList<>());
    private final List<String> calls = new ArrayList<>();
    private final Set<String> acknowledged = new HashSet<>();
    private final Set<String> refused = new HashSet<>();

    @ParameterizedTest
    @EnumSource(Fault.class)
    void nothingIsLostWhereverTheNetworkFails(Fault fault) throws Exception {
        for (int position = 1; position <= POSITIONS; position++) {
            run(fault, position);
        }
    }

    private void run(Fault fault, int position) throws Exception {
        List.of(handled, calls, acknowledged, refused).forEach(Collection::clear);
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
                    .retry(RetryPolicy.builder().delay(Duration.ofMillis(10)).build())
                    .onError(failure -> {})
                    .handler(handled::addAll)
                    .build()) {
                Waiting.until("the partition is owned", () -> batcher.stats().lanes() == 1);
                proxy.arm();
                for (int call = 0; call < CALLS; call++) {
                    add(batcher, "call-" + call);
                }
                // Polls go on when all is handled, so each position is reached.
                Waiting.until("the network has failed", Duration.ofSeconds(60), proxy::hasFailed);
                Waiting.until(
                        "all are handled, " + fault + " at " + position,
                        Duration.ofSeconds(60),
                        () -> new HashSet<>(handled).containsAll(items(acknowledged))
                                && batcher.stats().depth() == 0);
            }
        }
        verify(fault + " at " + position);
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

    private static List<String> items(Set<String> calls) {
        return calls.stream()
                .flatMap(call -> IntStream.range(0, ITEMS).mapToObj(i -> call + "/" + i))
                .toList();
    }

    private void verify(String where) {
        for (String call : calls) {
            long stored = items(Set.of(call)).stream().filter(handled::contains).count();
            if (acknowledged.contains(call)) {
                assertThat(stored)
                        .as("%s: items of acknowledged %s", where, call)
                        .isEqualTo(ITEMS);
            } else if (refused.contains(call)) {
                assertThat(stored).as("%s: items of refused %s", where, call).isZero();
            } else {
                assertThat(stored).as("%s: items of %s", where, call).isIn(0L, (long) ITEMS);
            }
        }
    }
}
