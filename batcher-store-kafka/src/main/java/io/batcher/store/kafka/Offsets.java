/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import io.batcher.store.ItemState;
import io.batcher.store.Position;
import io.batcher.store.StoreCount;
import io.batcher.store.StoreMark;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** What is stored over all instances, as topic and group say. Thread-safe. */
final class Offsets {

    /** A count is kept this long, and so many times as long as it took. */
    private static final long COUNT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final int COUNT_FACTOR = 20;

    /** The most dead letters whose origins are kept, the latest ones. */
    private static final int MOST_DEAD = 100_000;

    private final Topics topics;
    private final Admin admin;
    private final Duration timeout;
    private final TopicReader reader;

    /** Where the items of dead letters stood that were written since the session was opened. Guarded by its monitor, as the next. */
    private final Set<KafkaPosition> dead = new LinkedHashSet<>();

    private final Map<TopicPartition, Long> deadRead;

    private record Counted(StoreCount count, long at, long validNanos) {}

    private volatile @Nullable Counted counted;

    Offsets(Topics topics, Admin admin, Duration timeout, TopicReader reader) {
        this.topics = topics;
        this.admin = admin;
        this.timeout = timeout;
        this.reader = reader;
        this.deadRead = list(partitions(topics.deadTopic(), topics.deadPartitions()), OffsetSpec.latest());
    }

    private static Set<TopicPartition> partitions(String topic, int count) {
        return IntStream.range(0, count)
                .mapToObj(number -> new TopicPartition(topic, number))
                .collect(Collectors.toSet());
    }

    private Map<TopicPartition, Long> ends() {
        return list(partitions(topics.topic(), topics.partitions()), OffsetSpec.latest());
    }

    /** Returns offsets; the latest are those before the first transaction that has not ended. */
    private Map<TopicPartition, Long> list(Set<TopicPartition> partitions, OffsetSpec spec) {
        return list(partitions, spec, IsolationLevel.READ_COMMITTED);
    }

    private Map<TopicPartition, Long> list(Set<TopicPartition> partitions, OffsetSpec spec, IsolationLevel isolation) {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        partitions.forEach(each -> asked.put(each, spec));
        Map<TopicPartition, Long> offsets = new HashMap<>();
        get(
                        "list offsets",
                        () -> admin.listOffsets(asked, new ListOffsetsOptions(isolation))
                                .all())
                .forEach((partition, found) -> offsets.put(partition, found.offset()));
        return offsets;
    }

    /** Returns what is committed, and the beginning of partitions for which nothing is. */
    private Map<TopicPartition, Progress> progress() {
        Map<TopicPartition, OffsetAndMetadata> committed = get(
                "read the committed offsets",
                () -> admin.listConsumerGroupOffsets(topics.group()).partitionsToOffsetAndMetadata());
        Set<TopicPartition> missing = partitions(topics.topic(), topics.partitions());
        Map<TopicPartition, Progress> progress = new HashMap<>();
        committed.forEach((partition, offset) -> {
            if (offset != null && missing.remove(partition)) {
                progress.put(partition, decode(offset));
            }
        });
        if (!missing.isEmpty()) {
            list(missing, OffsetSpec.earliest()).forEach((each, begin) -> progress.put(each, Progress.at(begin)));
        }
        return progress;
    }

    private static Progress decode(OffsetAndMetadata offset) {
        try {
            return Progress.decode(offset.offset(), offset.metadata());
        } catch (IllegalArgumentException e) {
            // The owner of the partition reports it.
            return Progress.at(offset.offset());
        }
    }

    /** Returns a mark behind what is stored, with what this process has stored: a transaction may not be visible yet. */
    StoreMark mark(AtomicLongArray known) {
        Map<TopicPartition, Long> marks = ends();
        marks.replaceAll((partition, end) -> Math.max(end, known.get(partition.partition())));
        return new StoreMark() {
            private volatile boolean settled;

            @Override
            public boolean isSettled() {
                if (!settled) {
                    Map<TopicPartition, Progress> progress = progress();
                    settled = marks.entrySet().stream()
                            .allMatch(each -> baseOf(progress, each.getKey()) >= each.getValue());
                }
                return settled;
            }
        };
    }

    private static long baseOf(Map<TopicPartition, Progress> progress, TopicPartition partition) {
        Progress found = progress.get(partition);
        return found == null ? 0 : found.base();
    }

    Map<Position, ItemState> states(Collection<Position> positions) {
        Map<TopicPartition, Progress> progress = progress();
        Map<Position, ItemState> states = new HashMap<>();
        for (Position position : positions) {
            KafkaPosition at = (KafkaPosition) position;
            Progress found = progress.get(new TopicPartition(topics.topic(), at.partition()));
            boolean gone = found != null && found.isGone(at.offset());
            states.put(position, gone ? ItemState.HANDLED : ItemState.STORED);
        }
        if (states.containsValue(ItemState.HANDLED)) {
            synchronized (dead) {
                readDead();
                states.replaceAll((position, state) ->
                        state == ItemState.HANDLED && dead.contains(position) ? ItemState.DEAD_LETTERED : state);
            }
        }
        return states;
    }

    /** Reads the origins of new dead letters. An item's letter is written before the item leaves. */
    private void readDead() {
        Map<TopicPartition, Long> ends = list(Set.copyOf(deadRead.keySet()), OffsetSpec.latest());
        Map<TopicPartition, Long> from = new HashMap<>(deadRead);
        // What its retention has deleted meanwhile cannot be read.
        list(Set.copyOf(deadRead.keySet()), OffsetSpec.earliest())
                .forEach((partition, begin) -> from.merge(partition, begin, Math::max));
        from.entrySet().removeIf(each -> ends.getOrDefault(each.getKey(), 0L) <= each.getValue());
        if (!from.isEmpty()) {
            reader.read(from, ends, letter -> Records.origin(letter).ifPresent(dead::add));
            from.keySet().forEach(each -> deadRead.put(each, ends.getOrDefault(each, 0L)));
        }
        for (var oldest = dead.iterator(); dead.size() > MOST_DEAD; ) {
            oldest.next();
            oldest.remove();
        }
    }

    StoreCount count() {
        Counted last = counted;
        long now = System.nanoTime();
        if (last != null && now - last.at < last.validNanos) {
            return last.count;
        }
        StoreCount count = countNow();
        long end = System.nanoTime();
        counted = new Counted(count, end, Math.max(COUNT_NANOS, COUNT_FACTOR * (end - now)));
        return count;
    }

    private StoreCount countNow() {
        Map<TopicPartition, Progress> progress = progress();
        Map<TopicPartition, Long> begins = list(progress.keySet(), OffsetSpec.earliest());
        Map<TopicPartition, Long> readable = ends();
        // A transaction that a killed process has left open holds up what others have stored after it.
        Map<TopicPartition, Long> ends = list(readable.keySet(), OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED);
        Map<TopicPartition, Long> heads = new HashMap<>();
        long items = 0;
        for (Map.Entry<TopicPartition, Long> each : ends.entrySet()) {
            TopicPartition partition = each.getKey();
            Progress found = progress.getOrDefault(partition, Progress.at(0));
            long head = Math.max(found.base(), begins.getOrDefault(partition, 0L));
            if (each.getValue() > head) {
                items += each.getValue() - head - found.goneBetween(head, each.getValue());
            }
            if (readable.getOrDefault(partition, 0L) > head) {
                heads.put(partition, head);
            }
        }
        return new StoreCount(items, heads.isEmpty() ? Duration.ZERO : reader.oldestAge(heads, readable));
    }

    private interface Call<R> {
        KafkaFuture<R> make();
    }

    private <R> R get(String what, Call<R> call) {
        try {
            return Failures.await(call.make(), timeout);
        } catch (KafkaException | ExecutionException | TimeoutException e) {
            throw Failures.of(what, e);
        }
    }

    void close() {
        reader.close();
    }
}
