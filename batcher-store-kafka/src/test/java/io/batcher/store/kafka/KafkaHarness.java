/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import io.batcher.store.ItemStore;
import io.batcher.store.StoreContext;
import io.batcher.store.StoreSession;
import io.batcher.store.fixtures.Faults;
import io.batcher.store.fixtures.StoreHarness;
import io.batcher.store.fixtures.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** Stores on the topics of one test, which are created as they are needed. */
final class KafkaHarness implements StoreHarness {

    private static final Duration LEASE = Duration.ofMillis(1_500);
    private static final Duration BOUND = Duration.ofSeconds(60);

    private final Broker broker = Broker.shared();
    private final String prefix = Broker.newPrefix();
    private final Faults faults = new Faults();
    private final List<Instance> instances = new ArrayList<>();
    private final boolean transactional;

    KafkaHarness() {
        this(false);
    }

    KafkaHarness(boolean transactional) {
        this.transactional = transactional;
    }

    /** A store, and what ends it. */
    private final class Instance implements ItemStore {
        private final FaultyClients clients = new FaultyClients(faults);
        private final KafkaStore store = builder(clients).build();
        private final List<StoreSession> sessions = new ArrayList<>();

        @Override
        public String kind() {
            return store.kind();
        }

        @Override
        public StoreSession open(StoreContext context) {
            broker.createFor(prefix, context.batcher(), context.partitions());
            StoreSession session = store.open(context);
            sessions.add(session);
            return session;
        }

        void kill() {
            clients.kill();
            sessions.forEach(StoreSession::close);
        }
    }

    private KafkaStore.Builder builder(Clients clients) {
        KafkaStore.Builder builder = KafkaStore.builder(Map.of("bootstrap.servers", broker.servers()))
                .consumerProperties(Map.of(
                        "session.timeout.ms", (int) LEASE.toMillis(),
                        "heartbeat.interval.ms", 200,
                        "max.poll.interval.ms", 5_000))
                .topicPrefix(prefix)
                .clients(clients);
        return transactional ? builder.transactionalIdPrefix(prefix) : builder;
    }

    @Override
    public Duration lease() {
        return LEASE;
    }

    @Override
    public ItemStore newInstance() {
        Instance instance = new Instance();
        instances.add(instance);
        return instance;
    }

    @Override
    public void kill(ItemStore instance) {
        ((Instance) instance).kill();
        instances.remove(instance);
    }

    @Override
    public void stall(ItemStore instance) {
        ((Instance) instance).clients.stall(true);
    }

    @Override
    public void unstall(ItemStore instance) {
        ((Instance) instance).clients.stall(false);
    }

    @Override
    public long deadLetters(StoreSession session, String batcher) {
        // A letter whose answer was lost is written twice.
        return broker.read(prefix + batcher + "-dead").stream()
                .map(letter -> Records.origin(letter).orElseThrow())
                .distinct()
                .count();
    }

    @Override
    public Faults faults() {
        return faults;
    }

    @Override
    public void await(String what, BooleanSupplier condition) {
        Waiting.until(what, BOUND, condition);
    }

    @Override
    public void close() {
        List.copyOf(instances).forEach(this::kill);
    }
}
