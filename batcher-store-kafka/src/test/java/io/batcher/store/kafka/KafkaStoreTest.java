/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.BatcherStoreException;
import io.batcher.store.BatchRecord;
import io.batcher.store.DeadItem;
import io.batcher.store.ItemCodec;
import io.batcher.store.NewItem;
import io.batcher.store.Partition;
import io.batcher.store.PartitionLostException;
import io.batcher.store.Settlement;
import io.batcher.store.StoredItem;
import io.batcher.store.fixtures.Faults;
import io.batcher.store.fixtures.TestProcess;
import io.batcher.store.fixtures.Waiting;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.InconsistentGroupProtocolException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a user of Kafka meets: topics that are not as they should be, records and consumers of others, limits. */
class KafkaStoreTest {

    private static final String BATCHER = "readings";
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final Broker broker = Broker.shared();
    private final String prefix = Broker.newPrefix();
    private final String topic = prefix + BATCHER;
    private final KafkaStore store = store(Map.of());
    private final CapturedLog log = new CapturedLog();

    private KafkaStore store(Map<String, ?> consumer) {
        return builder(consumer).build();
    }

    private KafkaStore.Builder builder(Map<String, ?> consumer) {
        Map<String, Object> properties =
                new HashMap<>(Map.of("session.timeout.ms", 2_000, "heartbeat.interval.ms", 200));
        properties.putAll(consumer);
        return KafkaStore.builder(Map.of("bootstrap.servers", broker.servers()))
                .consumerProperties(properties)
                .topicPrefix(prefix);
    }

    @AfterEach
    void close() {
        log.close();
    }

    // Topics

    @Test
    void missingTopicsAreRefusedWithTheCommandsThatCreateThem() {
        assertThatThrownBy(() -> TestProcess.open(store, BATCHER, 4))
                .isInstanceOf(BatcherStoreException.class)
                .hasMessageContaining("kafka-topics.sh --bootstrap-server " + broker.servers() + " --create --topic "
                        + topic + " --partitions 4")
                .hasMessageContaining("--topic " + topic + "-dead --partitions 1");
    }

    @Test
    void anotherNumberOfPartitionsIsRefused() {
        broker.createFor(prefix, BATCHER, 2);

        assertThatThrownBy(() -> TestProcess.open(store, BATCHER, 4))
                .isInstanceOf(BatcherStoreException.class)
                .hasMessageContaining("Topic " + topic + " has 2 partitions")
                .hasMessageContaining("set to 4")
                .hasMessageContaining("Set partitions to 2");
    }

    @Test
    void aCompactedTopicIsRefused() {
        broker.createFor(prefix, BATCHER, 1);
        set("cleanup.policy", "compact");

        assertThatThrownBy(() -> TestProcess.open(store, BATCHER, 1))
                .isInstanceOf(BatcherStoreException.class)
                .hasMessageContaining("cleanup.policy=compact")
                .hasMessageContaining("--add-config cleanup.policy=delete");
    }

    @Test
    void finiteRetentionAndSingleCopiesAreWarnedOf() {
        broker.createFor(prefix, BATCHER, 1);
        set("retention.ms", "60000");
        set("retention.bytes", "1000000");

        TestProcess.open(store, BATCHER, 1).session().close();

        assertThat(log.messages())
                .anySatisfy(each ->
                        assertThat(each).contains("retention.ms=60000").contains("--add-config retention.ms=-1"))
                .anySatisfy(each -> assertThat(each).contains("retention.bytes=1000000"))
                .anySatisfy(each -> assertThat(each).contains("replication factor 1"))
                .anySatisfy(each -> assertThat(each).contains("min.insync.replicas=1"));
    }

    @Test
    void aTopicThatGrowsIsReportedAndItsNewPartitionIsLeftAlone() {
        broker.createFor(prefix, BATCHER, 1);
        TestProcess process = start(store(Map.of("metadata.max.age.ms", 500)), 1);

        Broker.await(
                "grow",
                broker.admin()
                        .createPartitions(Map.of(topic, NewPartitions.increaseTo(2)))
                        .all());

        Waiting.until("it is reported", TIMEOUT, () -> {
            process.releaseWaiting();
            return log.messages().stream().anyMatch(each -> each.contains("does not deliver partition 1"));
        });
        assertThat(process.gained).isNotEmpty();
        assertThat(process.owned).doesNotContainKey(1);
        process.session().close();
    }

    @Test
    void aBatcherNamedAsTheDeadLettersOfAnotherIsRefused() {
        assertThatThrownBy(() -> TestProcess.open(store, "readings-dead", 1))
                .isInstanceOf(BatcherStoreException.class)
                .hasMessageContaining("-dead");
    }

    @Test
    void noBrokerFailsTheStartWithItsAddress() {
        KafkaStore unreachable = KafkaStore.builder(Map.of("bootstrap.servers", "localhost:1"))
                .timeout(Duration.ofSeconds(1))
                .build();

        assertThatThrownBy(() -> TestProcess.open(unreachable, BATCHER, 1))
                .isInstanceOf(BatcherStoreException.class)
                .hasMessageContaining("localhost:1")
                .hasMessageContaining("Check that the brokers run");
    }

    // Items

    @Test
    void anItemLargerThanTheTopicTakesIsRefused() {
        broker.createFor(prefix, BATCHER, 1);
        set("max.message.bytes", "2000");
        TestProcess process = TestProcess.open(store, BATCHER, 1);

        process.session().append(List.of(new NewItem(0, "bytes", new byte[2000 - Records.OVERHEAD])));
        assertThatThrownBy(() -> process.session().append(List.of(new NewItem(0, "bytes", new byte[1_900]))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1900")
                .hasMessageContaining("max.message.bytes")
                .hasMessageContaining("max.request.size");
        process.session().close();
    }

    /** So that an add can wait for brokers that are down: one whose record was sent cannot be repeated. */
    @Test
    void afterAFailureTheBrokersAreAskedBeforeARecordIsSent() {
        broker.createFor(prefix, BATCHER, 1);
        Faults faults = new Faults();
        TestProcess process = TestProcess.open(
                builder(Map.of()).clients(new FaultyClients(faults)).build(), BATCHER, 1);
        faults.failAt(1, true);
        assertThatThrownBy(() -> process.append(0, "sent"))
                .isInstanceOfSatisfying(
                        BatcherStoreException.class,
                        failure -> assertThat(failure.outcomeUnknown()).isTrue());
        faults.failAt(1, true);
        assertThatThrownBy(() -> process.append(0, "not sent"))
                .isInstanceOfSatisfying(
                        BatcherStoreException.class,
                        failure -> assertThat(failure.outcomeUnknown()).isFalse());
        faults.reset();
        process.append(0, "sent again");
        process.session().start();
        Waiting.until("the partition is owned", TIMEOUT, () -> process.owned.containsKey(0));

        assertThat(TestProcess.texts(next(process, 2))).containsExactly("sent", "sent again");
        process.session().close();
    }

    @Test
    void anItemLargerThanTheDeadTopicTakesIsRefused() {
        broker.createFor(prefix, BATCHER, 1);
        set(topic + "-dead", "max.message.bytes", "3000");
        TestProcess process = TestProcess.open(store, BATCHER, 1);

        assertThatThrownBy(() -> process.session().append(List.of(new NewItem(0, "bytes", new byte[2_900]))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(topic + "-dead");
        process.session().close();
    }

    @Test
    void theLargestItemHasRoomForItsTypeAndItsDeadLetter() {
        broker.createFor(prefix, BATCHER, 1);
        set("max.message.bytes", "8000");
        set(topic + "-dead", "max.message.bytes", "8000");
        TestProcess process = start(store, 1);
        String longest = "t".repeat(ItemCodec.MAX_TYPE_LENGTH);
        process.session().append(List.of(new NewItem(0, longest, new byte[8_000 - Records.OVERHEAD])));
        List<StoredItem> items = next(process, 1);

        Partition partition = process.owned.get(0);
        partition.begin(new BatchRecord("readings-1", items, 1, 1));
        partition.settle(new Settlement(
                List.of(), List.of(new DeadItem(items.get(0), Integer.MAX_VALUE, "x".repeat(200))), null));

        assertThat(letters()).hasSize(1);
        process.session().close();
    }

    @Test
    void aDeadTopicThatRefusesALetterIsNamed() {
        TestProcess process = start(1);
        process.session().append(List.of(new NewItem(0, "bytes", new byte[2_900])));
        List<StoredItem> items = next(process, 1);
        set(topic + "-dead", "max.message.bytes", "2000");
        Partition partition = process.owned.get(0);
        partition.begin(new BatchRecord("readings-1", items, 1, 1));
        Settlement dead = new Settlement(List.of(), List.of(new DeadItem(items.get(0), 1, "x.Failure")), null);

        assertThatThrownBy(() -> partition.settle(dead))
                .isInstanceOf(BatcherStoreException.class)
                .hasMessageContaining(topic + "-dead")
                .hasMessageContaining("max.message.bytes");

        set(topic + "-dead", "max.message.bytes", "8000");
        partition.settle(dead);
        assertThat(letters()).hasSize(1);
        process.session().close();
    }

    @Test
    void aRecordThatIsNoItemGoesToTheDeadLettersAndTheNextIsDelivered() {
        TestProcess process = start(1);
        process.append(0, "a");
        try (Producer<byte[], byte[]> other = Clients.REAL.producer(Map.of("bootstrap.servers", broker.servers()))) {
            other.send(new ProducerRecord<>(topic, 0, bytes("key"), bytes("{}")));
            other.send(new ProducerRecord<>(topic, 0, bytes("key"), null));
        }
        process.append(0, "b");

        assertThat(TestProcess.texts(next(process, 2))).containsExactly("a", "b");
        assertThat(process.damage)
                .isNotEmpty()
                .allSatisfy(each -> assertThat(each)
                        .contains(" records of topic " + topic)
                        .contains("no " + Records.TYPE + " header"));
        List<ConsumerRecord<byte[], byte[]>> letters = letters();
        assertThat(letters.get(0).key()).isEqualTo(bytes("key"));
        assertThat(letters.get(0).value()).isEqualTo(bytes("{}"));
        assertThat(letters.get(1).value()).isNull();
        assertThat(header(letters.get(0), Records.ERROR)).isEqualTo("unreadable");
        process.session().close();
    }

    @Test
    void aDeadLetterTellsWhereItStoodAndWhy() {
        TestProcess process = start(1);
        process.append(0, "a", "b");
        List<StoredItem> items = next(process, 2);
        Partition partition = process.owned.get(0);
        partition.begin(new BatchRecord("readings-1", items, 4, 4));
        Settlement settlement =
                new Settlement(items.subList(0, 1), List.of(new DeadItem(items.get(1), 4, "x.Failure")), null);
        partition.settle(settlement);
        partition.settle(settlement);

        assertThat(letters()).hasSize(1);
        ConsumerRecord<byte[], byte[]> letter = letters().get(0);
        assertThat(letter.value()).isEqualTo(bytes("b"));
        assertThat(header(letter, Records.TYPE)).isEqualTo(TestProcess.TYPE);
        assertThat(header(letter, Records.PARTITION)).isEqualTo("0");
        assertThat(header(letter, Records.OFFSET)).isEqualTo("1");
        assertThat(header(letter, Records.ATTEMPTS)).isEqualTo("4");
        assertThat(header(letter, Records.ERROR)).isEqualTo("x.Failure");
        process.session().close();
    }

    @Test
    void aLargerBatchThanItsRecordTakesIsRefused() {
        TestProcess process = start(1);
        Partition partition = process.owned.get(0);
        List<StoredItem> tooMany = LongStream.rangeClosed(0, Progress.MAX_BATCH)
                .mapToObj(offset -> new StoredItem(new KafkaPosition(0, offset), "text", new byte[0], Duration.ZERO))
                .toList();

        assertThat(process.session().maxBatchSize()).isEqualTo(Progress.MAX_BATCH);
        assertThatThrownBy(() -> partition.begin(new BatchRecord("readings-1", tooMany, 1, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("maxBatchSize");
        process.session().close();
    }

    /** As after the end of a process that isolates a failing item: suspects stand before the batch in hand. */
    @Test
    void aBatchIsRestoredThatStandsBehindMoreItemsThanAWindowHas() {
        TestProcess process = start(1);
        process.session().append(Collections.nCopies(Window.FULL + 10, new NewItem(0, "bytes", new byte[1])));
        List<StoredItem> batch = next(process, Window.FULL + 10).subList(Window.FULL, Window.FULL + 10);
        process.owned.get(0).begin(new BatchRecord("readings-1", batch, 1, 1));
        process.session().close();

        TestProcess again = start(1);

        assertThat(again.owned.get(0).recorded().orElseThrow().items())
                .extracting(StoredItem::position)
                .containsExactlyElementsOf(
                        batch.stream().map(StoredItem::position).toList());
        assertThat(next(again, Window.FULL)).hasSize(Window.FULL);
        again.session().close();
    }

    // Offsets

    @Test
    void anOffsetOutOfRangeStopsThePartitionAndIsReported() {
        TestProcess process = start(2);
        process.append(0, "a", "b", "c");
        process.append(1, "x");
        List<StoredItem> items = next(process, 3);
        process.owned.get(0).begin(new BatchRecord("readings-1", items, 1, 1));
        process.session().close();
        Broker.await(
                "delete",
                broker.admin()
                        .deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(2)))
                        .all());

        TestProcess again = start(2);
        Partition stopped = again.owned.get(0);

        assertThatThrownBy(stopped::recorded)
                .isInstanceOf(BatcherStoreException.class)
                .isNotInstanceOf(PartitionLostException.class)
                .hasMessageContaining("offset 0 is to be delivered next")
                .hasMessageContaining("--reset-offsets");
        assertThatThrownBy(() -> stopped.next(1, 1)).isInstanceOf(BatcherStoreException.class);
        Waiting.until("it is reported", () -> !again.damage.isEmpty());
        assertThat(TestProcess.texts(again.owned.get(1).next(9, 99))).containsExactly("x");
        again.session().close();
    }

    @Test
    void recordsThatAreDeletedBeforeAnythingWasDeliveredStopThePartition() {
        TestProcess process = start(1);
        process.append(0, "a", "b", "c");
        process.session().close();
        delete(2);

        TestProcess again = start(1);

        assertThatThrownBy(() -> again.owned.get(0).recorded())
                .isInstanceOf(BatcherStoreException.class)
                .hasMessageContaining("offset 0 is to be delivered next");
        again.session().close();
    }

    @Test
    void recordsThatAreDeletedBeforeTheFirstInstanceOwnsThePartitionAreReported() {
        broker.createFor(prefix, BATCHER, 1);
        TestProcess adder = TestProcess.open(store, BATCHER, 1);
        adder.append(0, "a", "b", "c");
        adder.session().close();
        delete(2);

        TestProcess process = start(1);

        assertThat(TestProcess.texts(next(process, 1))).containsExactly("c");
        assertThat(process.damage)
                .singleElement()
                .satisfies(each -> assertThat(each).contains("begins at offset 2"));
        process.session().close();
        TestProcess again = start(1);
        assertThat(again.damage).isEmpty();
        again.session().close();
    }

    private void delete(long before) {
        Broker.await(
                "delete",
                broker.admin()
                        .deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(before)))
                        .all());
    }

    @Test
    void recordsThatAreDeletedBeforeTheyAreReadStopThePartition() {
        KafkaStore small = builder(Map.of("max.poll.records", 1, "max.partition.fetch.bytes", 1))
                .build();
        broker.createFor(prefix, BATCHER, 1);
        TestProcess process = start(small, 1);
        NewItem large = new NewItem(0, "bytes", new byte[64 * 1024]);
        for (int i = 0; i < 3; i++) {
            process.session().append(Collections.nCopies(100, large));
        }
        delete(290);

        Waiting.until("it stops", Duration.ofSeconds(30), () -> {
            try {
                process.owned.get(0).next(1_000, 1 << 24);
                return false;
            } catch (BatcherStoreException e) {
                return e.getMessage().contains("is to be delivered next");
            }
        });
        assertThat(process.damage).hasSize(1);
        process.session().close();
    }

    @Test
    void anOffsetThatNoBatcherHasCommittedIsReported() {
        broker.createFor(prefix, BATCHER, 1);
        TestProcess adder = TestProcess.open(store, BATCHER, 1);
        adder.append(0, "a", "b");
        adder.session().close();
        Broker.await(
                "commit",
                broker.admin()
                        .alterConsumerGroupOffsets(
                                topic, Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(1)))
                        .all());

        TestProcess process = start(1);

        assertThat(TestProcess.texts(next(process, 1))).containsExactly("b");
        assertThat(process.damage)
                .singleElement()
                .satisfies(each -> assertThat(each).contains("no batcher has committed offset 1"));
        process.session().close();
    }

    @Test
    void aPartitionThatANewerVersionHasDeliveredIsStopped() {
        broker.createFor(prefix, BATCHER, 1);
        Broker.await(
                "commit",
                broker.admin()
                        .alterConsumerGroupOffsets(
                                topic, Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(0, "batcher9:x")))
                        .all());

        TestProcess process = start(1);

        assertThatThrownBy(() -> process.owned.get(0).recorded())
                .isInstanceOf(BatcherStoreException.class)
                .hasMessageContaining("newer version");
        process.session().close();
    }

    // The group

    @Test
    void aConsumerOfAnotherApplicationInTheGroupStopsTheStart() {
        broker.createFor(prefix, BATCHER, 1);
        try (Consumer<byte[], byte[]> foreign = foreign()) {
            Waiting.until(
                    "it has joined",
                    () -> !foreign.poll(Duration.ofMillis(100)).isEmpty()
                            || !foreign.assignment().isEmpty());

            assertThatThrownBy(() -> TestProcess.open(store, BATCHER, 1))
                    .isInstanceOf(BatcherStoreException.class)
                    .hasMessageContaining("Group " + topic)
                    .hasMessageContaining("foreign-app")
                    .hasMessageContaining("group.id");
        }
    }

    @Test
    void aConsumerOfAnotherApplicationCannotJoinTheGroup() {
        TestProcess process = start(1);
        try (Consumer<byte[], byte[]> foreign = foreign()) {
            assertThatThrownBy(() -> Waiting.until("it is refused", () -> foreign.poll(Duration.ofSeconds(1)) == null))
                    .isInstanceOf(InconsistentGroupProtocolException.class);
        }
        process.append(0, "a");

        assertThat(TestProcess.texts(next(process, 1))).containsExactly("a");
        process.session().close();
    }

    /** With this protocol the broker assigns, also to the members of the older one, unless their assignor does not permit it. */
    @Test
    void aConsumerOfAnotherApplicationCannotJoinTheGroupWithTheNewerProtocol() {
        TestProcess process = start(2);
        try (Consumer<byte[], byte[]> foreign = foreign(Map.of("group.protocol", "consumer"))) {
            assertThatThrownBy(() -> Waiting.until("it is refused", () -> {
                        process.releaseWaiting();
                        return foreign.poll(Duration.ofSeconds(1)) == null;
                    }))
                    .isInstanceOf(GroupIdNotFoundException.class)
                    .hasMessageContaining("custom assignor");
        }
        assertThat(process.revoked).isEmpty();
        process.append(0, "a");
        process.append(1, "b");

        assertThat(TestProcess.texts(next(process, 0, 1))).containsExactly("a");
        assertThat(TestProcess.texts(next(process, 1, 1))).containsExactly("b");
        process.session().close();
    }

    private Consumer<byte[], byte[]> foreign() {
        return foreign(Map.of());
    }

    private Consumer<byte[], byte[]> foreign(Map<String, ?> more) {
        Map<String, Object> properties = new HashMap<>(
                Map.of("bootstrap.servers", broker.servers(), "group.id", topic, "client.id", "foreign-app"));
        properties.putAll(more);
        Consumer<byte[], byte[]> foreign = Clients.REAL.consumer(properties);
        foreign.subscribe(List.of(topic));
        return foreign;
    }

    // Owning

    @Test
    void aHandlerThatTakesLongerThanThePollIntervalKeepsItsPartition() {
        broker.createFor(prefix, BATCHER, 1);
        TestProcess process = start(store(Map.of("max.poll.interval.ms", 1_000)), 1);
        process.append(0, "a");
        Partition partition = process.owned.get(0);
        List<StoredItem> items = next(process, 1);
        partition.begin(new BatchRecord("readings-1", items, 1, 1));

        Waiting.pause(Duration.ofSeconds(4));
        partition.settle(Settlement.handled(items));

        assertThat(process.lost).isEmpty();
        assertThat(process.revoked).isEmpty();
        assertThat(process.session().count().items()).isZero();
        process.session().close();
    }

    @Test
    void aProcessThatTheGroupHasDroppedGoesOnIfNoOtherTookItsPlace() {
        broker.createFor(prefix, BATCHER, 1);
        FaultyClients clients = new FaultyClients(new Faults());
        TestProcess process = start(
                builder(Map.of("max.poll.interval.ms", 1_000)).clients(clients).build(), 1);
        process.append(0, "a", "b");
        Partition partition = process.owned.get(0);
        List<StoredItem> items = next(process, 1);
        partition.begin(new BatchRecord("readings-1", items, 1, 1));

        // A process that does not poll leaves the group after max.poll.interval.ms.
        clients.stall(true);
        Waiting.until("the group is empty", TIMEOUT, () -> broker.members(topic).isEmpty());
        clients.stall(false);
        partition.settle(Settlement.handled(items));

        assertThat(process.lost).isEmpty();
        assertThat(process.gained).hasSize(1);
        assertThat(TestProcess.texts(next(process, 1))).containsExactly("b");
        process.session().close();
    }

    /** The calls of the admin client succeed meanwhile, so nothing else would show it. */
    @Test
    void aConsumerThatFailsMakesCountsFailUntilItSucceeds() {
        broker.createFor(prefix, BATCHER, 1);
        FaultyClients clients = new FaultyClients(new Faults());
        TestProcess process = start(builder(Map.of()).clients(clients).build(), 1);
        List<Throwable> failures = List.of(
                new GroupAuthorizationException("Not authorized to access group", topic), new LinkageError("no class"));

        for (Throwable failure : failures) {
            clients.failPolls(failure);
            Waiting.until(
                    "counts fail",
                    () -> countFailure(process).contains(failure.getClass().getSimpleName()));
            clients.failPolls(null);
            process.append(0, "a");
            assertThat(TestProcess.texts(next(process, 1))).containsExactly("a");
            Waiting.until("counts succeed", () -> countFailure(process).isEmpty());
        }
        process.session().close();
    }

    private static String countFailure(TestProcess process) {
        try {
            process.session().count();
            return "";
        } catch (BatcherStoreException e) {
            return String.valueOf(e.getMessage());
        }
    }

    @Test
    void aProcessThatHasLostItsPartitionUnnoticedWritesNoDeadLetter() {
        broker.createFor(prefix, BATCHER, 1);
        FaultyClients clients = new FaultyClients(new Faults());
        TestProcess process = start(
                builder(Map.of("max.poll.interval.ms", 1_000)).clients(clients).build(), 1);
        process.append(0, "a", "b");
        Partition partition = process.owned.get(0);
        List<StoredItem> items = next(process, 2);
        partition.begin(new BatchRecord("readings-1", items.subList(0, 1), 1, 1));
        clients.stall(true);
        TestProcess other = start(store(Map.of()), 1);
        BatchRecord moved = other.owned.get(0).recorded().orElseThrow();
        other.owned.get(0).begin(new BatchRecord(moved.id(), moved.items(), 2, 2));

        List<DeadItem> dead = List.of(new DeadItem(items.get(0), 1, "x.Failure"));
        assertThatThrownBy(() -> partition.settle(new Settlement(List.of(), dead, null)))
                .isInstanceOf(PartitionLostException.class);
        assertThatThrownBy(() -> partition.moveToDeadLetters(List.of(new DeadItem(items.get(1), 1, "x.Failure"))))
                .isInstanceOf(PartitionLostException.class);

        assertThat(letters()).isEmpty();
        process.session().close();
        other.session().close();
    }

    @Test
    void aCommitThatAWakeUpEndsIsRepeatedBeforeThePoll() {
        broker.createFor(prefix, BATCHER, 1);
        FaultyClients clients = new FaultyClients(new Faults());
        TestProcess process = start(builder(Map.of()).clients(clients).build(), 1);
        process.append(0, "a");
        List<StoredItem> items = next(process, 1);

        clients.wakeNextCommit();
        process.owned.get(0).begin(new BatchRecord("readings-1", items, 1, 1));

        // The poll waits for records, and the caller would wait with it.
        List<String> turns = List.copyOf(clients.turns());
        int first = turns.indexOf("commitSync");
        assertThat(turns.subList(first, first + 2)).containsExactly("commitSync", "commitSync");
        process.session().close();
    }

    @Test
    void anInstanceThatLeavesIsReplacedWithinAPoll() {
        broker.createFor(prefix, BATCHER, 2);
        // The session timeout plays no part.
        Map<String, Integer> slow = Map.of("session.timeout.ms", 45_000, "heartbeat.interval.ms", 1_000);
        TestProcess first = start(store(slow), 2);
        TestProcess second = TestProcess.start(store(slow), BATCHER, 2);
        Waiting.until("both own one", TIMEOUT, () -> {
            first.releaseWaiting();
            return second.owned.size() == 1;
        });

        long start = System.nanoTime();
        first.session().close();
        Waiting.until("the other owns both", TIMEOUT, () -> second.owned.size() == 2);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        second.session().close();
    }

    @Test
    void anInstanceWithAnIdOfItsGroupIsReplacedWithinAPollToo() {
        broker.createFor(prefix, BATCHER, 2);
        TestProcess first = start(store(fixed("one")), 2);
        TestProcess second = TestProcess.start(store(fixed("two")), BATCHER, 2);
        Waiting.until("both own one", TIMEOUT, () -> {
            first.releaseWaiting();
            return second.owned.size() == 1;
        });

        first.session().close();

        Waiting.until("the other owns both", Duration.ofSeconds(10), () -> second.owned.size() == 2);
        second.session().close();
    }

    private static Map<String, ?> fixed(String instance) {
        return Map.of("group.instance.id", instance, "session.timeout.ms", 45_000, "heartbeat.interval.ms", 1_000);
    }

    /** Each of two processes with the same id ends the membership of the other, again and again. */
    @Test
    void anIdThatTwoInstancesHaveIsReportedOnce() {
        broker.createFor(prefix, BATCHER, 1);
        FaultyClients clients = new FaultyClients(new Faults());
        TestProcess process = start(builder(Map.of()).clients(clients).build(), 1);

        for (int i = 0; i < 3; i++) {
            clients.failPolls(new FencedInstanceIdException("fenced"));
            Waiting.until("counts fail", () -> !countFailure(process).isEmpty());
            clients.failPolls(null);
            Waiting.until("counts succeed", () -> countFailure(process).isEmpty());
        }

        assertThat(log.messages().stream().filter(each -> each.contains("FencedInstanceIdException")))
                .singleElement()
                .satisfies(each -> assertThat(each).contains("group.instance.id"));
        process.session().close();
    }

    @Test
    void aRebalanceDuringARetryKeepsTheBatchAndItsAttempts() {
        broker.createFor(prefix, BATCHER, 2);
        TestProcess first = start(store, 2);
        first.append(0, "a");
        first.append(1, "b");
        for (int number = 0; number < 2; number++) {
            List<StoredItem> items = next(first, number, 1);
            Partition partition = first.owned.get(number);
            partition.begin(new BatchRecord("readings-" + number, items, 1, 1));
            partition.settle(new Settlement(
                    List.of(), List.of(), new BatchRecord("readings-" + number, items, 1, 1, Duration.ofMinutes(1))));
        }

        TestProcess second = TestProcess.start(store(Map.of()), BATCHER, 2);
        Waiting.until("it owns one", TIMEOUT, () -> {
            first.releaseWaiting();
            return second.owned.size() == 1;
        });

        Partition moved = second.owned.values().iterator().next();
        BatchRecord recorded = moved.recorded().orElseThrow();
        assertThat(recorded.id()).isEqualTo("readings-" + moved.number());
        assertThat(recorded.attempt()).isOne();
        assertThat(recorded.retryIn()).isGreaterThan(Duration.ofSeconds(30));
        assertThat(first.lost).isEmpty();
        first.session().close();
        second.session().close();
    }

    // Helpers

    private TestProcess start(int partitions) {
        broker.createFor(prefix, BATCHER, partitions);
        return start(store, partitions);
    }

    private static TestProcess start(KafkaStore store, int partitions) {
        TestProcess process = TestProcess.start(store, BATCHER, partitions);
        Waiting.until("all partitions are owned", TIMEOUT, () -> process.owned.size() == partitions);
        return process;
    }

    private static List<StoredItem> next(TestProcess process, int items) {
        return next(process, 0, items);
    }

    private static List<StoredItem> next(TestProcess process, int partition, int items) {
        List<StoredItem> all = new ArrayList<>();
        Waiting.until("items are read", TIMEOUT, () -> {
            all.addAll(process.owned.get(partition).next(items, 1 << 20));
            return all.size() >= items;
        });
        return all;
    }

    private List<ConsumerRecord<byte[], byte[]>> letters() {
        return broker.read(topic + "-dead");
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void set(String name, String value) {
        set(topic, name, value);
    }

    private void set(String topic, String name, String value) {
        Broker.await(
                name,
                broker.admin()
                        .incrementalAlterConfigs(Map.of(
                                new ConfigResource(ConfigResource.Type.TOPIC, topic),
                                List.of(new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET))))
                        .all());
    }
}
