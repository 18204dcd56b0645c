/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import io.batcher.BatcherStoreException;
import io.batcher.store.BatchRecord;
import io.batcher.store.DeadItem;
import io.batcher.store.Partition;
import io.batcher.store.PartitionLostException;
import io.batcher.store.Settlement;
import io.batcher.store.StoredItem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.jspecify.annotations.Nullable;

/** A partition that the consumer of a session is assigned. */
final class KafkaPartition implements Partition {

    private final KafkaSession session;
    private final int number;
    private final Window window;
    private final Progress gained;

    /** Why nothing can be read; null if it can. Set by the consumer's thread. */
    private volatile @Nullable String stopped;

    /** Held by a change of what is committed: they are made one at a time. */
    private final ReentrantLock changing = new ReentrantLock();

    /** Offsets that are in the dead-letter topic already, though it is not committed. Guarded by {@link #changing}. */
    private final Set<Long> moved = new HashSet<>();

    /** Whether the group has dropped this process, and has not said yet who owns the partition. Set by the consumer's thread. */
    private volatile boolean doubtful;

    /** Guarded by this object's monitor, as the two below. */
    private boolean ending;

    private boolean lost;
    private boolean released;

    /**
     * Creates a partition.
     *
     * @param gained what the committed offset says
     * @param committed the committed offset; null for none
     * @param stopped why nothing can be read; null if it can
     */
    KafkaPartition(
            KafkaSession session,
            int number,
            Progress gained,
            @Nullable OffsetAndMetadata committed,
            @Nullable String stopped) {
        this.session = session;
        this.number = number;
        this.gained = gained;
        this.stopped = stopped;
        this.window = new Window(gained, committed);
    }

    Window window() {
        return window;
    }

    boolean isStopped() {
        return stopped != null;
    }

    /** Stops reading, for good. */
    void stop(String reason) {
        stopped = reason;
    }

    /** Returns whether nothing may be committed before it is clear who owns the partition. */
    boolean isDoubtful() {
        return doubtful;
    }

    void setDoubtful(boolean doubtful) {
        this.doubtful = doubtful;
    }

    /** Returns whether what is committed for the partition is this object's business. */
    synchronized boolean isOwned() {
        return !lost && !released;
    }

    synchronized boolean isEnding() {
        return ending;
    }

    /** Marks that the lane is to end. Returns whether it was not marked before. */
    synchronized boolean end() {
        boolean first = !ending;
        ending = true;
        return first;
    }

    /** Marks that another process owns the partition. Returns whether it was not marked before. */
    boolean lose() {
        synchronized (this) {
            if (lost || released) {
                return false;
            }
            lost = true;
            ending = true;
        }
        window.end();
        return true;
    }

    @Override
    public int number() {
        return number;
    }

    @Override
    public Optional<BatchRecord> recorded() {
        requireReadable();
        Progress.Attempt attempt = gained.attempt();
        if (attempt == null) {
            return Optional.empty();
        }
        List<ConsumerRecord<byte[], byte[]>> records = window.restored(
                        session.timeout().toNanos())
                .orElseThrow(() -> new BatcherStoreException(
                        "Kafka did not return the recorded batch of " + this + " within " + session.timeout()
                                + ". Check that the brokers run and can be reached",
                        null));
        requireReadable();
        List<StoredItem> items = readable(records);
        if (items.isEmpty()) {
            return Optional.empty();
        }
        int missing = gained.batchSize() - records.size();
        if (missing > 0) {
            session.damaged(number, missing, "items of the recorded batch were missing; the others are delivered");
        }
        String id = items.size() == gained.batchSize() ? attempt.id() : attempt.partId(items.size());
        return Optional.of(new BatchRecord(
                id, items, attempt.number(), attempt.counted(), attempt.left(System.currentTimeMillis())));
    }

    @Override
    public List<StoredItem> next(int maxItems, long maxBytes) {
        while (true) {
            requireReadable();
            boolean full = !window.wantsMore();
            List<ConsumerRecord<byte[], byte[]>> records =
                    window.take(maxItems, maxBytes, session.end(number), session.waits());
            if (full && window.wantsMore()) {
                session.wake();
            }
            List<StoredItem> items;
            try {
                items = readable(records);
            } catch (BatcherStoreException e) {
                window.putBack(records);
                throw e;
            }
            if (!items.isEmpty() || records.isEmpty()) {
                return items;
            }
        }
    }

    @Override
    public boolean hasMore() {
        return window.hasMore(session.end(number));
    }

    /** Returns the records that are items, and moves the others to the dead letters. */
    private List<StoredItem> readable(List<ConsumerRecord<byte[], byte[]>> records) {
        List<StoredItem> items = new ArrayList<>(records.size());
        List<ConsumerRecord<byte[], byte[]>> unreadable = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            Records.item(record).ifPresentOrElse(items::add, () -> unreadable.add(record));
        }
        if (!unreadable.isEmpty()) {
            setAsideUnreadable(unreadable);
        }
        return items;
    }

    private void setAsideUnreadable(List<ConsumerRecord<byte[], byte[]>> unreadable) {
        changing.lock();
        try {
            fence();
            session.deadTopic().buryUnreadable(unreadable);
            change(progress -> progress.withGone(unreadable.stream().mapToLong(ConsumerRecord::offset)));
        } finally {
            changing.unlock();
        }
        session.damaged(
                number,
                unreadable.size(),
                "records of topic " + session.topic() + " have no " + Records.TYPE
                        + " header or no value, so no batcher has written them; they were moved to the dead letters");
    }

    @Override
    public void begin(BatchRecord batch) {
        if (!batch.isInterrupted()) {
            throw new IllegalArgumentException("begin records a batch without retryIn: its outcome is not known yet");
        }
        Progress.requireSize(batch.items().size());
        changing.lock();
        try {
            change(progress -> progress.withRecord(batch, 0));
        } finally {
            changing.unlock();
        }
    }

    @Override
    public void settle(Settlement settlement) {
        long now = System.currentTimeMillis();
        changing.lock();
        try {
            requireOwned();
            addToDeadTopic(settlement.dead());
            LongStream handled = settlement.handled().stream().mapToLong(KafkaPosition::offset);
            long[] settled =
                    LongStream.concat(handled, offsets(settlement.dead())).toArray();
            change(progress -> progress.withGone(LongStream.of(settled)).withRecord(settlement.remaining(), now));
            moved.clear();
        } finally {
            changing.unlock();
        }
    }

    @Override
    public void moveToDeadLetters(List<DeadItem> items) {
        changing.lock();
        try {
            requireOwned();
            addToDeadTopic(items);
            long[] offsets = offsets(items).toArray();
            change(progress -> progress.withGone(LongStream.of(offsets)));
            moved.clear();
        } finally {
            changing.unlock();
        }
    }

    private static LongStream offsets(List<DeadItem> items) {
        return items.stream().mapToLong(dead -> KafkaPosition.offset(dead.item()));
    }

    /** Writes dead letters, but for those that an earlier try has written. */
    private void addToDeadTopic(List<DeadItem> dead) {
        Progress progress = window.progress();
        List<DeadItem> missing = dead.stream()
                .filter(each -> !progress.isGone(KafkaPosition.offset(each.item())))
                .filter(each -> !moved.contains(KafkaPosition.offset(each.item())))
                .toList();
        if (!missing.isEmpty()) {
            fence();
            session.deadTopic().add(missing);
            offsets(missing).forEach(moved::add);
        }
    }

    /** Fails if another process owns the partition: a commit notices that, the topic of the dead letters does not. */
    private void fence() {
        change(UnaryOperator.identity());
    }

    /** Commits a step, then makes it. Called with {@link #changing} held. */
    private void change(UnaryOperator<Progress> step) {
        requireOwned();
        OffsetAndMetadata next = step.apply(window.progress()).toCommit();
        session.commit(this, next);
        window.committed(next, step);
    }

    /** Commits that offsets without records were passed, unless a change is being made. Called by the consumer's thread. */
    void commitIdleProgress(Predicate<OffsetAndMetadata> commit) {
        if (doubtful || !window.hasIdleProgress() || !changing.tryLock()) {
            return;
        }
        try {
            OffsetAndMetadata next = window.progress().toCommit();
            if (isOwned() && commit.test(next)) {
                window.committed(next, UnaryOperator.identity());
            }
        } finally {
            changing.unlock();
        }
    }

    private void requireOwned() {
        if (!isOwned()) {
            throw lost();
        }
    }

    private void requireReadable() {
        requireOwned();
        String reason = stopped;
        if (reason != null) {
            throw new BatcherStoreException(reason, null);
        }
    }

    PartitionLostException lost() {
        return new PartitionLostException(session.batcher(), number);
    }

    @Override
    public void release() {
        release(false);
    }

    @Override
    public void releaseForLease() {
        release(true);
    }

    private void release(boolean forLease) {
        synchronized (this) {
            if (released) {
                return;
            }
            released = true;
            ending = true;
        }
        window.end();
        session.released(this, forLease);
    }

    @Override
    public String toString() {
        return "partition " + number + " of batcher \"" + session.batcher() + "\"";
    }
}
