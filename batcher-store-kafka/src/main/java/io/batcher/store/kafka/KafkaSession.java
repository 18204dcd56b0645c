/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import io.batcher.store.DeadLetters;
import io.batcher.store.ItemState;
import io.batcher.store.NewItem;
import io.batcher.store.Position;
import io.batcher.store.StoreContext;
import io.batcher.store.StoreCount;
import io.batcher.store.StoreMark;
import io.batcher.store.StoreSession;
import io.batcher.store.StoreTransaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** One batcher on its topics. */
final class KafkaSession implements StoreSession {

    private final KafkaStore store;
    private final Settings settings;
    private final StoreContext context;
    private final Topics topics;
    private final Appender appender;
    private final DeadTopic deadTopic;
    private final Offsets offsets;
    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final Map<Integer, KafkaPartition> held = new ConcurrentSkipListMap<>();

    private final Window.Waits waits = new Window.Waits();

    /** The offset behind what is known to be stored, by partition. */
    private final AtomicLongArray ends;

    /** Guarded by this object's monitor, as is {@link #closed}. */
    private @Nullable ConsumerLoop loop;

    private boolean closed;

    KafkaSession(
            KafkaStore store,
            Settings settings,
            StoreContext context,
            Topics topics,
            Appender appender,
            DeadTopic deadTopic,
            Offsets offsets,
            Supplier<Consumer<byte[], byte[]>> consumers) {
        this.store = store;
        this.settings = settings;
        this.context = context;
        this.topics = topics;
        this.appender = appender;
        this.deadTopic = deadTopic;
        this.offsets = offsets;
        this.consumers = consumers;
        this.ends = new AtomicLongArray(context.partitions());
    }

    String batcher() {
        return context.batcher();
    }

    String topic() {
        return topics.topic();
    }

    String group() {
        return topics.group();
    }

    String servers() {
        return settings.servers();
    }

    Duration timeout() {
        return settings.timeout();
    }

    /** How long a read waits for records that are there; then it returns none, and the listener is notified when they come. */
    Window.Waits waits() {
        return waits;
    }

    DeadTopic deadTopic() {
        return deadTopic;
    }

    /** The partitions that this session holds, by number, those that end included. */
    Map<Integer, KafkaPartition> held() {
        return held;
    }

    @Override
    public int partitions() {
        return context.partitions();
    }

    @Override
    public boolean isShared() {
        return true;
    }

    @Override
    public int maxBatchSize() {
        return Progress.MAX_BATCH;
    }

    @Override
    public synchronized void start() {
        if (closed) {
            throw new IllegalStateException("the session of batcher \"" + batcher() + "\" is closed");
        }
        if (loop != null) {
            loop.acquire(true);
            return;
        }
        try {
            ConsumerLoop started =
                    new ConsumerLoop(this, consumers.get(), settings.holdLimit(), settings.sessionTimeout());
            started.start();
            loop = started;
        } catch (KafkaException e) {
            throw Failures.of("create a consumer of topic " + topic(), e);
        }
    }

    @Override
    public void resume() {
        start();
    }

    @Override
    public synchronized void suspend() {
        if (loop != null) {
            loop.acquire(false);
        }
    }

    @Override
    public List<Position> append(List<NewItem> items) {
        items.forEach(this::check);
        if (items.isEmpty()) {
            return List.of();
        }
        List<ProducerRecord<byte[], byte[]>> records =
                items.stream().map(item -> Records.record(topic(), item)).toList();
        List<Long> stored = appender.append(records);
        List<Position> positions = new ArrayList<>(items.size());
        for (int i = 0; i < items.size(); i++) {
            int partition = items.get(i).partition();
            positions.add(new KafkaPosition(partition, stored.get(i)));
            reached(partition, stored.get(i) + 1);
        }
        return positions;
    }

    /** Refuses what cannot be stored, before anything is sent. */
    private void check(NewItem item) {
        int size = item.payload().length;
        if (size > topics.maxItemSize()) {
            throw new IllegalArgumentException("An item of batcher \"" + batcher() + "\" has " + size
                    + " bytes, but the topics " + topic() + " and " + topics.deadTopic() + " and the producer take "
                    + topics.maxItemSize()
                    + ". Raise max.message.bytes of the topics and max.request.size of the producer, or store large"
                    + " contents elsewhere and add a reference");
        }
        if (item.partition() >= partitions()) {
            throw new IllegalArgumentException("partition " + item.partition() + " does not exist: batcher \""
                    + batcher() + "\" has " + partitions());
        }
    }

    /** Notes that there are records before an offset. */
    void reached(int partition, long end) {
        ends.accumulateAndGet(partition, end, Math::max);
    }

    long end(int partition) {
        return ends.get(partition);
    }

    @Override
    public Optional<StoreTransaction> currentTransaction() {
        return Optional.empty();
    }

    @Override
    public Map<Position, ItemState> states(Collection<Position> positions) {
        return offsets.states(positions);
    }

    @Override
    public StoreMark mark() {
        return offsets.mark(ends);
    }

    /** Fails while the consumer fails, though the count may succeed: nothing else tells that this instance delivers nothing. */
    @Override
    public StoreCount count() {
        ConsumerLoop running = loop();
        Throwable failure = running == null ? null : running.failure();
        if (failure != null) {
            throw Failures.of("serve topic " + topic(), failure);
        }
        return offsets.count();
    }

    /** Returns nothing: the dead-letter topic is an ordinary topic, which other programs read. */
    @Override
    public Optional<DeadLetters> deadLetters() {
        return Optional.empty();
    }

    // Partitions

    private synchronized @Nullable ConsumerLoop loop() {
        return loop;
    }

    void commit(KafkaPartition partition, OffsetAndMetadata next) {
        ConsumerLoop running = loop();
        if (running == null || running.isClosing()) {
            throw partition.lost();
        }
        running.commit(partition, next);
    }

    void wake() {
        ConsumerLoop running = loop();
        if (running != null) {
            running.wake();
        }
    }

    void gained(KafkaPartition partition) {
        held.put(partition.number(), partition);
        tell(() -> context.listener().gained(partition));
    }

    void available(KafkaPartition partition) {
        if (!partition.isEnding()) {
            tell(() -> context.listener().available(partition));
        }
    }

    void revoke(KafkaPartition partition) {
        if (partition.end()) {
            tell(() -> context.listener().revoked(partition));
        }
    }

    void lost(KafkaPartition partition) {
        if (partition.lose()) {
            tell(() -> context.listener().lost(partition));
        }
    }

    void released(KafkaPartition partition, boolean forLease) {
        held.remove(partition.number(), partition);
        ConsumerLoop running = loop();
        if (running != null) {
            running.released(partition, forLease);
        }
    }

    void releaseAll() {
        List.copyOf(held.values()).forEach(KafkaPartition::release);
    }

    void damaged(int partition, long items, String what) {
        tell(() -> context.listener().damaged(partition, items, what));
    }

    /** Calls the listener. What it throws does not end the thread of the consumer. */
    private void tell(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            Log.warning("Batcher \"" + batcher() + "\": a listener of its store failed", e);
        }
    }

    @Override
    public void close() {
        ConsumerLoop running;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            running = loop;
        }
        if (running != null) {
            running.beginClose();
        }
        releaseAll();
        if (running != null) {
            running.awaitEnd();
        }
        offsets.close();
        store.closed(this);
    }
}
