/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import io.batcher.store.ItemStore;
import io.batcher.store.StoreContext;
import io.batcher.store.StoreSession;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Keeps items in topics of Apache Kafka. A partition of topic {@code batcher-readings} is a partition of batcher {@code readings};
 * instances share the partitions as consumers of group {@code batcher-readings}. What is given up goes to topic {@code
 * batcher-readings-dead}. The topics have to exist; a message has the commands where they do not.
 *
 * <p>Thread-safe.
 */
public final class KafkaStore implements ItemStore {

    private static final String DEFAULT_PREFIX = "batcher-";
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(15);

    private final Settings settings;
    private final Clients clients;

    /** The open sessions by batcher. Guarded by this object's monitor, as are the clients that they share. */
    private final Map<String, KafkaSession> sessions = new HashMap<>();

    private @Nullable Admin admin;
    private @Nullable Appender appender;

    private KafkaStore(Settings settings, Clients clients) {
        this.settings = settings;
        this.clients = clients;
    }

    /**
     * Returns a store with the defaults of {@link #builder}.
     *
     * @param bootstrapServers brokers as {@code host:port}, separated by commas
     */
    public static KafkaStore on(String bootstrapServers) {
        return builder(Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers))
                .build();
    }

    /**
     * Begins a store.
     *
     * @param properties of all Kafka clients: {@code bootstrap.servers}, security. Serializers are ignored
     */
    public static Builder builder(Map<String, ?> properties) {
        return new Builder(properties);
    }

    /**
     * Settings of a store. What its guarantees depend on is set by the store whatever the properties say: idempotence and {@code acks} of
     * the producer, its timeouts, the group of the consumer and its protocol, {@code auto.offset.reset}, {@code isolation.level}, commits.
     */
    public static final class Builder {

        private static final Pattern PREFIX = Pattern.compile("[a-zA-Z0-9._-]{0,100}");

        private final Map<String, Object> common;
        private final Map<String, Object> admin = new HashMap<>();
        private final Map<String, Object> producer = new HashMap<>();
        private final Map<String, Object> consumer = new HashMap<>();
        private String topicPrefix = DEFAULT_PREFIX;
        private Duration timeout = DEFAULT_TIMEOUT;
        private @Nullable String transactionalIdPrefix;
        private Clients clients = Clients.REAL;

        private Builder(Map<String, ?> properties) {
            this.common = new HashMap<>(properties);
        }

        /** Sets properties of the admin client, over those of all clients. */
        public Builder adminProperties(Map<String, ?> properties) {
            admin.putAll(properties);
            return this;
        }

        /** Sets properties of the producers, over those of all clients. */
        public Builder producerProperties(Map<String, ?> properties) {
            producer.putAll(properties);
            return this;
        }

        /** Sets properties of the consumers, over those of all clients. A session timeout there is the lease of a partition. */
        public Builder consumerProperties(Map<String, ?> properties) {
            consumer.putAll(properties);
            return this;
        }

        /**
         * What the names of topics and groups begin with. {@code batcher-} unless set.
         *
         * @throws IllegalArgumentException if it has characters that a topic's name cannot have, or more than 100
         */
        public Builder topicPrefix(String topicPrefix) {
            if (!PREFIX.matcher(topicPrefix).matches()) {
                throw new IllegalArgumentException(
                        "topicPrefix must match " + PREFIX + ", but was \"" + topicPrefix + "\"");
            }
            this.topicPrefix = topicPrefix;
            return this;
        }

        /**
         * Makes {@code addMany} atomic: its items are stored in a Kafka transaction, with an id that begins with this. Without it a
         * failure, or the end of the process, may store a part of them. Not set unless it is called.
         */
        public Builder transactionalIdPrefix(String transactionalIdPrefix) {
            this.transactionalIdPrefix = Objects.requireNonNull(transactionalIdPrefix, "transactionalIdPrefix");
            return this;
        }

        /**
         * How long a call waits for Kafka. 15 s unless set: less than the time that a group of brokers needs to replace one that fails
         * makes calls fail then.
         */
        public Builder timeout(Duration timeout) {
            if (timeout.toMillis() < 1 || timeout.compareTo(Duration.ofHours(1)) > 0) {
                throw new IllegalArgumentException("timeout must be from 1 ms to 1 h, but was " + timeout);
            }
            this.timeout = timeout;
            return this;
        }

        Builder clients(Clients clients) {
            this.clients = clients;
            return this;
        }

        /** Creates the store. It opens with its first session. */
        public KafkaStore build() {
            return new KafkaStore(
                    new Settings(
                            topicPrefix, timeout, transactionalIdPrefix, over(admin), over(producer), over(consumer)),
                    clients);
        }

        private Map<String, Object> over(Map<String, Object> properties) {
            Map<String, Object> all = new HashMap<>(common);
            all.putAll(properties);
            all.values().removeIf(Objects::isNull);
            return all;
        }
    }

    @Override
    public String kind() {
        return "kafka";
    }

    @Override
    public boolean isBounded() {
        return false; // retention bounds a topic
    }

    @Override
    public synchronized StoreSession open(StoreContext context) {
        if (sessions.containsKey(context.batcher())) {
            throw new IllegalStateException(
                    "Batcher \"" + context.batcher()
                            + "\" has a session in this store. Close the other batcher of that name, or name this one differently");
        }
        try {
            KafkaSession session = session(context);
            sessions.put(context.batcher(), session);
            return session;
        } finally {
            closeIfUnused();
        }
    }

    private KafkaSession session(StoreContext context) {
        Admin opened = admin();
        Topics topics = Topics.open(opened, settings, context);
        Appender sending = appender();
        TopicReader reader =
                new TopicReader(() -> clients.consumer(settings.reader(context.batcher())), settings.timeout());
        return new KafkaSession(
                this,
                settings,
                context,
                topics,
                sending,
                new DeadTopic(topics.deadTopic(), topics.deadPartitions(), sending),
                new Offsets(topics, opened, settings.timeout(), reader),
                () -> clients.consumer(settings.consumer(context.batcher(), topics.group())));
    }

    private Admin admin() {
        if (admin == null) {
            try {
                admin = clients.admin(settings.admin());
            } catch (KafkaException e) {
                throw Failures.of("open a store at " + settings.servers(), e);
            }
        }
        return admin;
    }

    private Appender appender() {
        if (appender == null) {
            Transactions transactions = settings.isTransactional()
                    ? new Transactions(() -> clients.producer(settings.transactionalProducer()), settings.timeout())
                    : null;
            Admin asked = admin();
            appender = new Appender(
                    () -> clients.producer(settings.producer()),
                    settings.timeout(),
                    transactions,
                    partitions -> ask(asked, partitions));
        }
        return appender;
    }

    private void ask(Admin asked, Set<TopicPartition> partitions) {
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        partitions.forEach(each -> latest.put(each, OffsetSpec.latest()));
        try {
            Failures.await(asked.listOffsets(latest).all(), settings.timeout());
        } catch (KafkaException | ExecutionException | TimeoutException e) {
            throw Failures.of("store items", e);
        }
    }

    synchronized void closed(KafkaSession session) {
        sessions.remove(session.batcher(), session);
        closeIfUnused();
    }

    private void closeIfUnused() {
        if (!sessions.isEmpty()) {
            return;
        }
        if (appender != null) {
            appender.close();
            appender = null;
        }
        if (admin != null) {
            admin.close(settings.timeout());
            admin = null;
        }
    }
}
