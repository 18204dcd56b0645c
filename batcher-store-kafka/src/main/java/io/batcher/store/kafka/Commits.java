/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import io.batcher.store.PartitionLostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.WakeupException;

/** Commits of many partitions and threads. The consumer's thread makes one call of all that wait. */
final class Commits {

    private static final String WHAT = "commit an offset";

    private record Request(
            KafkaPartition partition, OffsetAndMetadata next, long deadline, CompletableFuture<Boolean> done) {}

    private final String topic;
    private final Duration timeout;
    private final Queue<Request> waiting = new ConcurrentLinkedQueue<>();

    Commits(String topic, Duration timeout) {
        this.topic = topic;
        this.timeout = timeout;
    }

    /**
     * Commits the progress of a partition and waits for it.
     *
     * @param wake wakes the consumer's thread
     * @throws PartitionLostException if the partition is no longer owned
     */
    void commit(KafkaPartition partition, OffsetAndMetadata next, Runnable wake) {
        Request request =
                new Request(partition, next, System.nanoTime() + timeout.toNanos(), new CompletableFuture<>());
        waiting.add(request);
        wake.run();
        try {
            // The consumer's thread may be at a call of its own, and the commit takes a timeout at most.
            Failures.await(request.done, timeout.multipliedBy(3));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof PartitionLostException) {
                throw partition.lost();
            }
            throw Failures.of(WHAT, e, true);
        } catch (TimeoutException e) {
            // Not made later: the caller repeats it, and may have something else to commit then.
            request.done.cancel(false);
            throw Failures.of(WHAT, e, true);
        }
    }

    /**
     * Makes the commits that wait. Those that Kafka refuses wait on, for the consumer to poll: then the partition is lost, or the
     * repetition succeeds.
     *
     * @return false if Kafka refused them
     */
    boolean run(Consumer<byte[], byte[]> consumer) {
        List<Request> group = next();
        if (group.isEmpty()) {
            return true;
        }
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        group.forEach(request -> offsets.put(new TopicPartition(topic, request.partition.number()), request.next));
        try {
            commit(consumer, offsets, timeout);
            group.forEach(request -> request.done.complete(true));
            return true;
        } catch (RebalanceInProgressException | CommitFailedException e) {
            waiting.addAll(group);
            return false;
        } catch (FencedInstanceIdException e) {
            group.forEach(request -> request.done.completeExceptionally(request.partition.lost()));
            return false;
        } catch (KafkaException e) {
            group.forEach(request -> request.done.completeExceptionally(e));
            return true;
        }
    }

    /** Commits offsets, through wake-ups. Called by the consumer's thread. */
    static void commit(
            Consumer<byte[], byte[]> consumer, Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
        while (true) {
            try {
                consumer.commitSync(offsets, timeout);
                return;
            } catch (WakeupException e) {
                // Meant for a poll that has ended. The callers wait, so it is repeated before the next poll, which may
                // be a long one.
            }
        }
    }

    /** Returns the commits that are to be made, in order, and fails those that are not. Those of a doubtful partition wait on. */
    private List<Request> next() {
        List<Request> group = new ArrayList<>();
        List<Request> later = new ArrayList<>();
        for (Request next = waiting.poll(); next != null; next = waiting.poll()) {
            if (!next.partition.isOwned()) {
                next.done.completeExceptionally(next.partition.lost());
            } else if (System.nanoTime() - next.deadline > 0) {
                next.done.completeExceptionally(new TimeoutException("the group does not answer"));
            } else if (!next.done.isDone()) {
                (next.partition.isDoubtful() ? later : group).add(next);
            }
        }
        waiting.addAll(later);
        return group;
    }

    /** Fails what waits: no more commits are made. */
    void end() {
        for (Request next = waiting.poll(); next != null; next = waiting.poll()) {
            next.done.completeExceptionally(next.partition.lost());
        }
    }
}
