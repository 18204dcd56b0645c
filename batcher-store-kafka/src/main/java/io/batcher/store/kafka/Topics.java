/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import static java.util.Objects.requireNonNull;

import io.batcher.BatcherStoreException;
import io.batcher.store.StoreContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * The topics and the group of a batcher, checked when its session opens.
 *
 * @param maxItemSize the most bytes of a payload
 */
record Topics(String topic, int partitions, String deadTopic, int deadPartitions, String group, int maxItemSize) {

    private static final String DEAD = "-dead";
    private static final String FOREVER = "-1";
    private static final int SAFE_COPIES = 2;

    /**
     * Checks what a batcher needs.
     *
     * @throws BatcherStoreException if it is not there, with what to do
     */
    static Topics open(Admin admin, Settings settings, StoreContext context) {
        return new Check(admin, settings, context).run();
    }

    private record Check(Admin admin, Settings settings, StoreContext context) {

        Topics run() {
            String topic = settings.topicPrefix() + context.batcher();
            String dead = topic + DEAD;
            if (context.batcher().endsWith(DEAD)) {
                throw new BatcherStoreException(
                        "Batcher \"" + context.batcher() + "\" cannot be stored in Kafka: topic " + topic
                                + " is that of the dead letters of another batcher. Choose a name that does not end with "
                                + DEAD,
                        null);
            }
            List<String> missing = new ArrayList<>();
            int partitions = partitions(topic, context.partitions(), missing);
            int deadPartitions = partitions(dead, 1, missing);
            if (!missing.isEmpty()) {
                throw new BatcherStoreException(
                        "Batcher \"" + context.batcher() + "\" needs topics that do not exist. Create them:\n  "
                                + String.join("\n  ", missing),
                        null);
            }
            if (partitions != context.partitions()) {
                throw new BatcherStoreException(
                        "Topic " + topic + " has " + partitions + " partitions, but batcher \"" + context.batcher()
                                + "\" is set to " + context.partitions() + ". Set partitions to " + partitions
                                + "; or, to have " + context.partitions()
                                + ", let the batcher deliver everything, then delete the topic and create it:\n  "
                                + command(topic, context.partitions()),
                        null);
            }
            requireOwnGroup(topic);
            return new Topics(topic, partitions, dead, deadPartitions, topic, maxItemSize(topic, dead));
        }

        private int partitions(String topic, int wanted, List<String> missing) {
            try {
                TopicDescription found = Failures.await(
                        requireNonNull(admin.describeTopics(List.of(topic))
                                .topicNameValues()
                                .get(topic)),
                        timeout());
                int copies = found.partitions().stream()
                        .mapToInt(partition -> partition.replicas().size())
                        .min()
                        .orElse(0);
                if (copies < SAFE_COPIES) {
                    Log.warning("Topic " + topic + " has replication factor " + copies
                            + ": items are lost with the disk of one broker. Use 3");
                }
                return found.partitions().size();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                    missing.add(command(topic, wanted));
                    return 0;
                }
                throw unreachable(e);
            } catch (KafkaException | TimeoutException e) {
                throw unreachable(e);
            }
        }

        private BatcherStoreException unreachable(Exception cause) {
            return Failures.of(
                    "open batcher \"" + context.batcher() + "\" at " + settings.servers() + " within " + timeout(),
                    cause);
        }

        private String command(String topic, int partitions) {
            return "kafka-topics.sh --bootstrap-server " + settings.servers() + " --create --topic " + topic
                    + " --partitions " + partitions
                    + " --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete"
                    + " --config retention.ms=-1 --config retention.bytes=-1";
        }

        /** A group of consumers of another kind would take partitions, or keep this process out. */
        private void requireOwnGroup(String group) {
            ConsumerGroupDescription found;
            try {
                found = Failures.await(
                        requireNonNull(admin.describeConsumerGroups(List.of(group))
                                .describedGroups()
                                .get(group)),
                        timeout());
            } catch (ExecutionException e) {
                if (e.getCause() instanceof GroupIdNotFoundException) {
                    return;
                }
                throw unreachable(e);
            } catch (KafkaException | TimeoutException e) {
                throw unreachable(e);
            }
            String assignor = found.partitionAssignor();
            if (!found.members().isEmpty() && !assignor.isEmpty() && !assignor.equals(BatcherAssignor.NAME)) {
                List<String> clients = found.members().stream()
                        .map(MemberDescription::clientId)
                        .sorted()
                        .toList();
                throw new BatcherStoreException(
                        "Group " + group + " of batcher \"" + context.batcher()
                                + "\" is used by consumers of another application: " + clients
                                + ". Give them another group.id",
                        null);
            }
        }

        /** Returns the largest payload of both topics: an item that the dead topic refused would stay at the head of its partition. */
        private int maxItemSize(String topic, String dead) {
            long most = settings.maxRequestSize();
            Config config = config(topic);
            if (config != null) {
                requireDelete(topic, value(config, TopicConfig.CLEANUP_POLICY_CONFIG));
                warn(topic, config);
                most = Math.min(most, maxMessage(config));
            }
            Config ofDead = config(dead);
            if (ofDead != null) {
                most = Math.min(most, maxMessage(ofDead));
            }
            return Math.toIntExact(Math.max(1, most - Records.OVERHEAD));
        }

        private static long maxMessage(Config config) {
            return Long.parseLong(value(config, TopicConfig.MAX_MESSAGE_BYTES_CONFIG));
        }

        /** Returns the settings of a topic; null if this application may not read them. */
        private @Nullable Config config(String topic) {
            ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
            try {
                KafkaFuture<Map<ConfigResource, Config>> asked =
                        admin.describeConfigs(List.of(resource)).all();
                return requireNonNull(Failures.await(asked, timeout()).get(resource));
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof AuthorizationException)) {
                    throw unreachable(e);
                }
                Log.warning("Topic " + topic + " is not checked: this application may not describe its settings");
                return null;
            } catch (KafkaException | TimeoutException e) {
                throw unreachable(e);
            }
        }

        private static String value(Config config, String name) {
            ConfigEntry entry = config.get(name);
            return entry == null || entry.value() == null ? FOREVER : entry.value();
        }

        private void requireDelete(String topic, String policy) {
            if (!policy.equals(TopicConfig.CLEANUP_POLICY_DELETE)) {
                throw new BatcherStoreException(
                        "Topic " + topic + " of batcher \"" + context.batcher() + "\" has cleanup.policy=" + policy
                                + ", which removes items that were not delivered. Change it:\n  "
                                + alter(topic, "cleanup.policy=delete"),
                        null);
            }
        }

        private void warn(String topic, Config config) {
            for (String name : List.of(TopicConfig.RETENTION_MS_CONFIG, TopicConfig.RETENTION_BYTES_CONFIG)) {
                String value = value(config, name);
                if (!value.equals(FOREVER)) {
                    Log.warning("Topic " + topic + " has " + name + "=" + value
                            + ": Kafka deletes items that are not delivered by then. To keep them, run: "
                            + alter(topic, name + "=-1"));
                }
            }
            String copies = value(config, TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG);
            if (copies.equals("1")) {
                Log.warning("Topic " + topic
                        + " has min.insync.replicas=1: an item may be on one broker only when it counts as stored."
                        + " With three replicas, run: " + alter(topic, "min.insync.replicas=2"));
            }
        }

        private String alter(String topic, String setting) {
            return "kafka-configs.sh --bootstrap-server " + settings.servers() + " --alter --entity-type topics"
                    + " --entity-name " + topic + " --add-config " + setting;
        }

        private Duration timeout() {
            return settings.timeout();
        }
    }
}
