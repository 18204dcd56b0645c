/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.BatcherException;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatchKey;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.fixtures.Await;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** S11: instances on one PostgreSQL database are replaced one by one, while orders keep coming. */
@Tag("tests-with-org.springframework.transaction")
class RollingRestartTest extends OrdersOnPostgres {

    private static final int KEYS = 8;
    private static final int RESTARTS = 2;

    private final List<String> delivered = Collections.synchronizedList(new ArrayList<>());
    private volatile @Nullable ConfigurableApplicationContext newest;
    private volatile boolean ended;

    @Test
    void eachItemIsDeliveredOnceAndInOrderPerKeyWhileInstancesAreReplaced() {
        restart(RESTARTS, null, new CompletableFuture<>());
    }

    /** Starts an instance, closes the one before once the new one delivers, and goes on with the next. */
    private void restart(
            int left, @Nullable ConfigurableApplicationContext before, CompletableFuture<Integer> whatWasAdded) {
        contexts.withBean(Parcels.class, () -> new Parcels(delivered))
                .withPropertyValues(
                        "batcher.instances.parcels.partitions=4",
                        "batcher.instances.parcels.concurrency=2",
                        "batcher.instances.parcels.max-batch-size=10")
                .run(context -> {
                    newest = context.getSourceApplicationContext(ConfigurableApplicationContext.class);
                    if (before == null) {
                        new Thread(() -> add(whatWasAdded), "orders").start();
                    } else {
                        Await.until("shared", () -> parcels(context).stats().lanes() > 0);
                        before.close();
                    }
                    int seen = delivered.size();
                    Await.until("delivered", () -> delivered.size() > seen + 50);
                    if (left > 0) {
                        restart(left - 1, newest, whatWasAdded);
                        return;
                    }
                    ended = true;
                    int added = whatWasAdded.join();
                    Await.until("recorded", () -> stored() == 0);
                    assertThat(rows()).hasSize(added);
                    assertThat(delivered)
                            .containsExactlyInAnyOrderElementsOf(IntStream.range(0, added)
                                    .mapToObj(RollingRestartTest::parcel)
                                    .toList());
                    for (int key = 0; key < KEYS; key++) {
                        String prefix = key + ":";
                        assertThat(delivered.stream().filter(parcel -> parcel.startsWith(prefix)))
                                .isSortedAccordingTo((a, b) -> Integer.compare(number(a), number(b)));
                    }
                });
    }

    private void add(CompletableFuture<Integer> added) {
        try {
            int next = 0;
            while (!ended) {
                next += isAdded(parcel(next)) ? 1 : 0;
            }
            added.complete(next);
        } catch (Throwable failure) {
            added.completeExceptionally(failure);
        }
    }

    /** Stores a row and its item in one transaction. Returns false if the instance was closed: then neither is stored. */
    private boolean isAdded(String parcel) {
        ConfigurableApplicationContext instance = newest;
        assertThat(instance).isNotNull();
        try {
            transactions(instance).executeWithoutResult(status -> {
                insert(instance, parcel);
                parcels(instance).add(parcel);
            });
            return true;
        } catch (BatcherException closed) {
            return false;
        }
    }

    private static Batcher<String> parcels(ApplicationContext context) {
        return context.getBean(BatcherRegistry.class).get("parcels", String.class);
    }

    private static String parcel(int number) {
        return number % KEYS + ":" + number;
    }

    private static int number(String parcel) {
        return Integer.parseInt(parcel.substring(parcel.indexOf(':') + 1));
    }

    static class Parcels {

        private final List<String> delivered;

        Parcels(List<String> delivered) {
            this.delivered = delivered;
        }

        @BatchKey("parcels")
        static String key(String parcel) {
            return parcel.substring(0, parcel.indexOf(':'));
        }

        @BatchHandler("parcels")
        void send(List<String> batch) {
            delivered.addAll(batch);
        }
    }
}
