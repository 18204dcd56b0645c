/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import static org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation.LEAVE_GROUP;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * The thread of a session, and the only one that calls its consumer. It polls all the time, however long a handler takes, so that the
 * group keeps this process; a partition with enough records at hand is paused. Other threads set flags and {@link #wake} it.
 */
final class ConsumerLoop {

    private static final Duration POLL = Duration.ofSeconds(1);

    /** How soon the thread looks again after a failure, or for a partition that it could not serve yet. */
    private static final Duration SOON = Duration.ofMillis(200);

    private final KafkaSession session;
    private final Consumer<byte[], byte[]> consumer;
    private final Commits commits;
    private final Assignment assignment;
    private final Thread thread;

    /** Counts the calls of {@link #wake}, so that none is missed between a look at the flags and the poll. */
    private final AtomicLong wakes = new AtomicLong();

    /** False while the thread is in a poll that {@link #wake} is to end. */
    private final AtomicBoolean awake = new AtomicBoolean(true);

    private volatile boolean acquires = true;
    private volatile boolean closing;

    /** Why the last turn has failed; null if it has not. Set by the thread. */
    private volatile @Nullable Throwable failure;

    // The thread's own

    private boolean subscribed;

    /** Whether it is reported that another process has this one's id of the group: both lose their membership again and again. */
    private boolean sharedIdReported;

    ConsumerLoop(KafkaSession session, Consumer<byte[], byte[]> consumer, Duration holdLimit, Duration lease) {
        this.session = session;
        this.consumer = consumer;
        this.commits = new Commits(session.topic(), session.timeout());
        this.assignment = new Assignment(session, consumer, this, holdLimit, lease);
        this.thread = new Thread(null, this::run, "batcher-store-kafka-" + session.batcher(), 0, false);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Acquires partitions from now on, or gives them back. */
    void acquire(boolean on) {
        if (on) {
            assignment.forgetStops();
        }
        acquires = on;
        wake();
    }

    /** Makes the thread look at what there is to do. */
    void wake() {
        wakes.incrementAndGet();
        // A wake-up that comes after the poll has ended hits another call of the consumer, which is repeated.
        if (!awake.getAndSet(true)) {
            consumer.wakeup();
        }
        LockSupport.unpark(thread);
    }

    void commit(KafkaPartition partition, OffsetAndMetadata next) {
        commits.commit(partition, next, this::wake);
    }

    void released(KafkaPartition partition, boolean forLease) {
        assignment.released(partition, forLease);
        wake();
    }

    /** Returns why nothing can be fetched now; null if it can. */
    @Nullable Throwable failure() {
        return failure;
    }

    boolean isClosing() {
        return closing;
    }

    /** Makes the thread leave the group and end. From now on it gains no partition. */
    void beginClose() {
        closing = true;
        wake();
    }

    /** Waits until the thread has ended, but no longer than its calls may take. */
    void awaitEnd() {
        boolean interrupted = false;
        long end = System.nanoTime() + session.timeout().multipliedBy(2).toNanos();
        while (thread.isAlive() && System.nanoTime() - end < 0) {
            try {
                thread.join(SOON.toMillis());
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (!closing) {
                turn();
            }
        } finally {
            end();
        }
    }

    private void end() {
        closing = true;
        session.releaseAll();
        commits.end();
        try {
            // A member with a group.instance.id stays otherwise, and with it the partitions.
            consumer.close(CloseOptions.timeout(session.timeout()).withGroupMembershipOperation(LEAVE_GROUP));
        } catch (KafkaException e) {
            Log.warning(
                    "Batcher \"" + session.batcher()
                            + "\" could not leave its group: other instances notice when its session has ended",
                    e);
        }
    }

    private void turn() {
        long seen = wakes.get();
        try {
            boolean complete = commits.run(consumer);
            subscribe();
            if (!subscribed) {
                failure = null;
                pauseUntilWoken(seen);
                return;
            }
            complete &= assignment.gain(acquires);
            assignment.pauseAndResume();
            poll(seen, complete ? POLL : SOON);
            assignment.commitIdleProgress();
            succeeded();
        } catch (WakeupException e) {
            // The flags are looked at again.
        } catch (Throwable e) {
            // A defect, of the store or the client, or an error of the JVM must not end the thread: partitions would
            // stay owned and undelivered.
            failed(e);
        }
    }

    private void subscribe() {
        if (acquires && !subscribed) {
            consumer.subscribe(List.of(session.topic()), assignment);
            subscribed = true;
        } else if (!acquires && subscribed) {
            session.held().values().forEach(session::revoke);
            if (session.held().isEmpty()) {
                subscribed = false;
                consumer.unsubscribe();
            }
        }
    }

    private void pauseUntilWoken(long seen) {
        while (!closing && wakes.get() == seen) {
            LockSupport.park(this);
        }
    }

    private void poll(long seen, Duration longest) {
        awake.set(false);
        try {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(wakes.get() == seen ? longest : Duration.ZERO);
            for (Map.Entry<TopicPartition, OffsetAndMetadata> next :
                    records.nextOffsets().entrySet()) {
                KafkaPartition partition = session.held().get(next.getKey().partition());
                if (partition != null
                        && partition
                                .window()
                                .fetched(
                                        records.records(next.getKey()),
                                        next.getValue().offset())) {
                    session.available(partition);
                }
            }
        } catch (OffsetOutOfRangeException e) {
            assignment.stopOutOfRange(e.partitions());
        } finally {
            awake.set(true);
        }
    }

    /**
     * Makes commits until partitions that are to move are released, or a limit. Called in a poll, by a rebalance: other consumers do not
     * get the partitions before this returns.
     */
    void serveUntilReleased(Set<KafkaPartition> revoked, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        Set<KafkaPartition> left = new HashSet<>(revoked);
        while (true) {
            left.removeIf(partition -> !partition.isOwned());
            if (left.isEmpty() || closing) {
                return;
            }
            // Refused within a rebalance: the group has given the partitions to others.
            if (System.nanoTime() - end > 0 || !commits.run(consumer)) {
                left.forEach(session::lost);
                return;
            }
            LockSupport.parkNanos(this, SOON.toNanos());
        }
    }

    private void succeeded() {
        if (failure != null) {
            if (!(failure instanceof FencedInstanceIdException)) {
                Log.info("Batcher \"" + session.batcher() + "\" reads from Kafka again");
            }
            failure = null;
        }
    }

    private void failed(Throwable cause) {
        boolean sharedId = cause instanceof FencedInstanceIdException;
        boolean first = failure == null && !(sharedId && sharedIdReported);
        sharedIdReported |= sharedId;
        failure = cause;
        if (first && !closing) {
            String message =
                    Failures.of("serve topic " + session.topic(), cause).getMessage();
            Log.warning(message + " (retrying)", cause);
        }
        LockSupport.parkNanos(this, SOON.toNanos());
    }
}
