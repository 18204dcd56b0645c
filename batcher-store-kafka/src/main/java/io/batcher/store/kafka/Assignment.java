/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.jspecify.annotations.Nullable;

/**
 * The partitions that the group has assigned to a consumer, and which of them the session holds. An assigned partition is held once what
 * is committed for it was read and an earlier lane of it has ended. Used by the consumer's thread, but for what other threads release.
 */
final class Assignment implements ConsumerRebalanceListener {

    private final KafkaSession session;
    private final Consumer<byte[], byte[]> consumer;
    private final ConsumerLoop loop;
    private final Duration holdLimit;
    private final Duration lease;
    private final Set<Integer> assigned = new TreeSet<>();

    /**
     * Held partitions that the group has taken from this process, because its heartbeats were missing for a session. If they are assigned
     * again and no process has committed meanwhile, their lanes go on. So an outage of the broker repeats no batch.
     */
    private final Set<KafkaPartition> doubtful = new HashSet<>();

    /** When partitions that were released for a lease may be held again, by {@code System.nanoTime}. */
    private final Map<Integer, Long> notBefore = new ConcurrentHashMap<>();

    /**
     * Creates the assignment of nothing.
     *
     * @param holdLimit how long a rebalance may wait for a batch in hand
     * @param lease how long a partition rests that was released for a lease
     */
    Assignment(
            KafkaSession session,
            Consumer<byte[], byte[]> consumer,
            ConsumerLoop loop,
            Duration holdLimit,
            Duration lease) {
        this.session = session;
        this.consumer = consumer;
        this.loop = loop;
        this.holdLimit = holdLimit;
        this.lease = lease;
    }

    // Called by polls

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> added) {
        consumer.pause(added);
        for (TopicPartition each : added) {
            // Any position will do until the committed one is read: without one the poll fails.
            consumer.seek(each, 0);
            if (each.partition() < session.partitions()) {
                assigned.add(each.partition());
            } else {
                Log.warning("Batcher \"" + session.batcher() + "\" does not deliver partition " + each.partition()
                        + ": topic " + each.topic() + " has grown. Set partitions to the new number and restart"
                        + " all instances; the items stay stored");
            }
        }
        doubtful.removeIf(partition -> !partition.isOwned());
        // The group has decided: what it has not given back belongs to others.
        for (KafkaPartition partition : List.copyOf(doubtful)) {
            if (!assigned.contains(partition.number())) {
                decided(partition);
                session.lost(partition);
            }
        }
    }

    private void decided(KafkaPartition partition) {
        doubtful.remove(partition);
        partition.setDoubtful(false);
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> removed) {
        Set<KafkaPartition> revoked = new HashSet<>();
        for (KafkaPartition partition : remove(removed)) {
            if (doubtful.contains(partition)) {
                session.lost(partition);
                decided(partition);
            } else {
                session.revoke(partition);
                revoked.add(partition);
            }
        }
        loop.serveUntilReleased(revoked, holdLimit);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> removed) {
        for (KafkaPartition partition : remove(removed)) {
            partition.setDoubtful(true);
            doubtful.add(partition);
        }
    }

    private Set<KafkaPartition> remove(Collection<TopicPartition> removed) {
        Set<KafkaPartition> held = new HashSet<>();
        for (TopicPartition each : removed) {
            assigned.remove(each.partition());
            KafkaPartition partition = session.held().get(each.partition());
            if (partition != null) {
                held.add(partition);
            }
        }
        return held;
    }

    // Called between polls

    /**
     * Holds what is assigned, and decides what is doubtful. Returns whether nothing is left to be done later.
     *
     * @param acquires whether more is to be held
     */
    boolean gain(boolean acquires) {
        Set<TopicPartition> ready = new HashSet<>();
        boolean complete = true;
        for (int number : assigned) {
            KafkaPartition held = session.held().get(number);
            if (held == null ? acquires : held.isDoubtful()) {
                Long time = notBefore.get(number);
                if (time == null || System.nanoTime() - time >= 0) {
                    ready.add(topicPartition(number));
                } else {
                    complete = false;
                }
            }
        }
        if (!ready.isEmpty()) {
            Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(ready, session.timeout());
            Map<TopicPartition, Long> begins = consumer.beginningOffsets(ready, session.timeout());
            Map<TopicPartition, Long> ends = consumer.endOffsets(ready, session.timeout());
            for (TopicPartition each : ready) {
                if (loop.isClosing()) {
                    return true;
                }
                OffsetAndMetadata last = committed.get(each);
                KafkaPartition held = session.held().get(each.partition());
                if (held != null) {
                    decide(held, each, last);
                    continue;
                }
                long begin = begins.getOrDefault(each, 0L);
                last = last == null ? commitBegin(each, begin) : last;
                if (last == null) {
                    complete = false;
                } else {
                    gain(each, last, begin, ends.getOrDefault(each, 0L));
                }
            }
        }
        return complete;
    }

    /**
     * Commits where a partition begins for which nothing is committed. Otherwise it could not be told that the retention of the topic
     * has deleted records before the first of them is delivered.
     *
     * @return what was committed; null if the group refused it, for a poll to tell who owns the partition
     */
    private @Nullable OffsetAndMetadata commitBegin(TopicPartition each, long begin) {
        OffsetAndMetadata first = Progress.at(begin).toCommit();
        try {
            Commits.commit(consumer, Map.of(each, first), session.timeout());
        } catch (RebalanceInProgressException | CommitFailedException e) {
            return null;
        }
        if (begin > 0) {
            session.damaged(
                    each.partition(),
                    0,
                    "group " + session.group() + " has no committed offset, and topic " + each.topic()
                            + " begins at offset " + begin
                            + ". Records before it were deleted before an instance has owned"
                            + " the partition, or the brokers have forgotten the offsets of the group. Delivery begins there");
        }
        return first;
    }

    /** Decides whether the lane of a doubtful partition goes on. */
    private void decide(KafkaPartition held, TopicPartition each, @Nullable OffsetAndMetadata committed) {
        if (held.window().isLastCommitted(committed)) {
            consumer.seek(each, held.window().position());
        } else {
            session.lost(held);
        }
        decided(held);
        loop.wake();
    }

    private void gain(TopicPartition each, OffsetAndMetadata committed, long begin, long end) {
        int number = each.partition();
        long offset = committed.offset();
        Progress progress = Progress.at(offset);
        String stopped = null;
        String damage = null;
        if (offset < begin || offset > end) {
            stopped = outOfRange(number, offset, begin, end);
        } else if (!committed.metadata().startsWith(Progress.PREFIX)
                && committed.metadata().startsWith(Progress.ANY_VERSION)) {
            stopped = "Partition " + number + " of batcher \"" + session.batcher()
                    + "\" was delivered last by a newer version of batcher-store-kafka. Update this instance";
        } else {
            try {
                progress = Progress.decode(offset, committed.metadata());
            } catch (IllegalArgumentException e) {
                damage = "no batcher has committed offset " + offset + " of group " + session.group()
                        + ": it was set by hand, or by a consumer of another application. Delivery goes on"
                        + " from there; what stands before it is not delivered";
            }
        }
        session.reached(number, end);
        consumer.seek(each, progress.base());
        KafkaPartition partition = new KafkaPartition(session, number, progress, committed, stopped);
        session.gained(partition);
        if (stopped != null) {
            session.damaged(number, 0, stopped);
        } else if (damage != null) {
            session.damaged(number, 0, damage);
        }
    }

    private String outOfRange(int number, long offset, long begin, long end) {
        return "Partition " + number + " of batcher \"" + session.batcher() + "\" is stopped: offset " + offset
                + " is to be delivered next, but topic " + session.topic() + " has offsets " + begin + " to " + end
                + ". Its retention has deleted items that were not delivered, or the topic was made anew. To go on with what is"
                + " there, stop all instances and run: kafka-consumer-groups.sh --bootstrap-server "
                + session.servers() + " --group " + session.group() + " --topic " + session.topic() + ":" + number
                + " --reset-offsets --to-earliest --execute";
    }

    /** Stops partitions whose next offset was deleted while they were read. */
    void stopOutOfRange(Set<TopicPartition> partitions) {
        for (TopicPartition each : partitions) {
            KafkaPartition partition = session.held().get(each.partition());
            if (partition != null && !partition.isStopped()) {
                long next = consumer.position(each);
                String reason = outOfRange(
                        each.partition(),
                        next,
                        consumer.beginningOffsets(Set.of(each), session.timeout())
                                .getOrDefault(each, -1L),
                        consumer.endOffsets(Set.of(each), session.timeout()).getOrDefault(each, -1L));
                partition.stop(reason);
                session.damaged(each.partition(), 0, reason);
            }
        }
    }

    /** Fetches the partitions that have few records at hand, and no others. */
    void pauseAndResume() {
        Set<TopicPartition> paused = consumer.paused();
        Set<TopicPartition> toPause = new HashSet<>();
        Set<TopicPartition> toResume = new HashSet<>();
        for (TopicPartition each : consumer.assignment()) {
            KafkaPartition partition = session.held().get(each.partition());
            boolean wants = partition != null
                    && !partition.isStopped()
                    && !partition.isDoubtful()
                    && partition.window().wantsMore();
            if (wants && paused.contains(each)) {
                toResume.add(each);
            } else if (!wants && !paused.contains(each)) {
                toPause.add(each);
            }
        }
        consumer.pause(toPause);
        consumer.resume(toResume);
    }

    /** Commits where nothing but transaction markers was passed, so that the lag of the group is what is stored. */
    void commitIdleProgress() {
        for (KafkaPartition partition : session.held().values()) {
            partition.commitIdleProgress(next -> {
                try {
                    consumer.commitSync(Map.of(topicPartition(partition.number()), next), session.timeout());
                    return true;
                } catch (KafkaException e) {
                    // Repeated after the next poll.
                    return false;
                }
            });
        }
    }

    private TopicPartition topicPartition(int number) {
        return new TopicPartition(session.topic(), number);
    }

    // Called by any thread

    /** Ends the rest of partitions that were released for a lease. */
    void forgetStops() {
        notBefore.clear();
    }

    void released(KafkaPartition partition, boolean forLease) {
        if (forLease) {
            notBefore.put(partition.number(), System.nanoTime() + lease.toNanos());
        }
    }
}
