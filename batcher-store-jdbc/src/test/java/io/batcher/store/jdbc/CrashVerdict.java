/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Judges the log of processes that were killed. */
final class CrashVerdict {

    private record Delivery(int partition, String id, int attempt, List<String> items) {}

    private final Set<String> acknowledged = new HashSet<>();
    private final List<Delivery> deliveries = new ArrayList<>();

    CrashVerdict(List<String> lines) {
        for (String line : lines) {
            List<String> words = List.of(line.split(" "));
            if (words.get(0).equals("A")) {
                acknowledged.addAll(words.subList(1, words.size()));
            } else if (words.get(0).equals("D")) {
                deliveries.add(new Delivery(
                        Integer.parseInt(words.get(1)),
                        words.get(2),
                        Integer.parseInt(words.get(3)),
                        words.subList(4, words.size())));
            }
        }
    }

    int acknowledged() {
        return acknowledged.size();
    }

    int redelivered() {
        return (int)
                deliveries.stream().filter(delivery -> delivery.attempt > 1).count();
    }

    /** Every acknowledged item was delivered. */
    void assertNothingLost() {
        Set<String> lost = new HashSet<>(acknowledged);
        deliveries.forEach(delivery -> lost.removeAll(new HashSet<>(delivery.items)));
        assertThat(lost).as("lost of %s", acknowledged.size()).isEmpty();
    }

    /** Items come more than once only in the same batch: same id, same items, another attempt. */
    void assertRedeliveriesAreTheSameBatch(int mostPerPartition) {
        Map<String, Delivery> byId = new HashMap<>();
        Set<String> attempts = new HashSet<>();
        Map<String, String> batchOf = new HashMap<>();
        Map<Integer, Integer> redelivered = new HashMap<>();
        for (Delivery delivery : deliveries) {
            Delivery before = byId.put(delivery.id, delivery);
            if (before != null) {
                assertThat(delivery.items).as("items of %s", delivery.id).isEqualTo(before.items);
                redelivered.merge(delivery.partition, 1, Integer::sum);
            }
            assertThat(attempts.add(delivery.id + "#" + delivery.attempt))
                    .as("attempt %s of %s is made once", delivery.attempt, delivery.id)
                    .isTrue();
            for (String item : delivery.items) {
                String batch = batchOf.put(item, delivery.id);
                assertThat(batch == null || batch.equals(delivery.id))
                        .as("%s came in %s and %s", item, batch, delivery.id)
                        .isTrue();
            }
        }
        redelivered.forEach((partition, times) -> assertThat(times)
                .as("redelivered batches of partition %s", partition)
                .isLessThanOrEqualTo(mostPerPartition));
    }

    /** What one thread added to one partition is delivered first in that order. */
    void assertOrder() {
        Map<String, String> last = new LinkedHashMap<>();
        Set<String> seen = new HashSet<>();
        for (Delivery delivery : deliveries) {
            for (String item : delivery.items) {
                if (seen.add(item)) {
                    String thread = delivery.partition + item.substring(0, item.lastIndexOf('-'));
                    String before = last.put(thread, item);
                    assertThat(before == null || before.compareTo(item) < 0)
                            .as("%s after %s in partition %s", item, before, delivery.partition)
                            .isTrue();
                }
            }
        }
    }
}
