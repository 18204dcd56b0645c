/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.BatcherStoreException;
import io.batcher.store.BatchRecord;
import io.batcher.store.NewItem;
import io.batcher.store.Partition;
import io.batcher.store.Position;
import io.batcher.store.Settlement;
import io.batcher.store.StoreMark;
import io.batcher.store.StoredItem;
import io.batcher.store.fixtures.Faults;
import io.batcher.store.fixtures.TestProcess;
import io.batcher.store.fixtures.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With a transactional id, the records of a call are stored whole or not at all, over all partitions. */
class KafkaTransactionTest {

    private static final String BATCHER = "readings";
    private static final Duration BOUND = Duration.ofSeconds(30);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final Broker broker = Broker.shared();
    private final String prefix = Broker.newPrefix();
    private final Faults faults = new Faults();
    private final FaultyClients clients = new FaultyClients(faults);
    private TestProcess process;

    @BeforeEach
    void start() {
        broker.createFor(prefix, BATCHER, 2);
        process = TestProcess.start(
                KafkaStore.builder(Map.of("bootstrap.servers", broker.servers()))
                        .topicPrefix(prefix)
                        .transactionalIdPrefix(prefix)
                        .timeout(TIMEOUT)
                        .clients(clients)
                        .build(),
                BATCHER,
                2);
        Waiting.until("all partitions are owned", BOUND, () -> process.owned.size() == 2);
        process.session().append(items("before"));
    }

    @AfterEach
    void stop() {
        faults.reset();
        process.session().close();
    }

    /** Two items, one in each partition. */
    private static List<NewItem> items(String text) {
        return List.of(TestProcess.item(0, text + "-0"), TestProcess.item(1, text + "-1"));
    }

    @Test
    void aFailureWithinACallStoresNothingOfIt() {
        // The first record is sent, the second fails.
        faults.failAt(2, false);
        assertThatThrownBy(() -> process.session().append(items("torn")))
                .isInstanceOf(BatcherStoreException.class)
                .satisfies(failure -> assertThat(((BatcherStoreException) failure).outcomeUnknown())
                        .isFalse());
        faults.reset();
        process.session().append(items("after"));

        assertThat(read(0, 2)).containsExactly("before-0", "after-0");
        assertThat(read(1, 2)).containsExactly("before-1", "after-1");
    }

    @Test
    void aCommitThatIsNotAnsweredIsAskedForAgain() {
        // Two sends, then the commit.
        faults.failAt(3, false);

        List<Position> positions = process.session().append(items("answered"));

        assertThat(positions).hasSize(2);
        assertThat(read(0, 2)).containsExactly("before-0", "answered-0");
        assertThat(read(1, 2)).containsExactly("before-1", "answered-1");
    }

    @Test
    void aCommitWhoseOutcomeIsUnknownHasStoredAllOrNothing() {
        faults.failAt(3, true);

        assertThatThrownBy(() -> process.session().append(items("unknown")))
                .isInstanceOf(BatcherStoreException.class)
                .satisfies(failure -> assertThat(((BatcherStoreException) failure).outcomeUnknown())
                        .isTrue());
        process.session().append(items("after"));

        assertThat(read(0, 3)).containsExactly("before-0", "unknown-0", "after-0");
        assertThat(read(1, 3)).containsExactly("before-1", "unknown-1", "after-1");
    }

    @Test
    void whatAnotherProcessHasNotCommittedIsNotRead() {
        try (Producer<byte[], byte[]> other = other()) {
            begin(other);
            assertThat(read(0, 1)).containsExactly("before-0");
            assertThat(process.owned.get(0).next(9, 999)).isEmpty();
            other.abortTransaction();
        }
        process.session().append(items("after"));

        assertThat(read(0, 1)).containsExactly("after-0");
    }

    /** The thread that waits would be missing to the other partitions. */
    @Test
    void aReadWaitsOnceForWhatATransactionHoldsUp() {
        try (Producer<byte[], byte[]> other = other()) {
            begin(other);
            assertThat(read(0, 1)).containsExactly("before-0");
            process.append(0, "behind");
            assertThat(process.owned.get(0).next(9, 999)).isEmpty();
            process.append(0, "behind");

            long start = System.nanoTime();
            for (int i = 0; i < 5; i++) {
                assertThat(process.owned.get(0).next(9, 999)).isEmpty();
            }

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
            other.abortTransaction();
        }
        assertThat(read(0, 2)).containsExactly("behind", "behind");
    }

    /** Else a thread that serves many partitions would wait for longer than the transaction lasts. */
    @Test
    void aReadIsShortWhenTheTransactionHoldsUpAnotherPartitionToo() {
        try (Producer<byte[], byte[]> other = other()) {
            begin(other);
            assertThat(read(0, 1)).containsExactly("before-0");
            assertThat(read(1, 1)).containsExactly("before-1");
            process.append(0, "behind");
            process.append(1, "behind");
            assertThat(process.owned.get(0).next(9, 999)).isEmpty();

            long start = System.nanoTime();
            assertThat(process.owned.get(1).next(9, 999)).isEmpty();

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
            other.abortTransaction();
        }
        assertThat(read(0, 1)).containsExactly("behind");
        assertThat(read(1, 1)).containsExactly("behind");
    }

    /** With 0 the items would look delivered until Kafka ends the transaction of a process that was killed. */
    @Test
    void whatStandsBehindATransactionThatHasNotEndedIsCounted() {
        try (Producer<byte[], byte[]> other = other()) {
            begin(other);
            process.session().append(items("behind"));
            // Three records and two markers in each partition.
            Waiting.until("counted", BOUND, () -> process.session().count().items() == 10);
            other.abortTransaction();
        }
    }

    @Test
    void aCountDoesNotWaitForRecordsThatWereAborted() {
        handleAll();
        process.session().suspend();
        Waiting.until("partitions are taken back", BOUND, process.owned::isEmpty);
        process.releaseWaiting();
        Waiting.until(
                "nobody reads", BOUND, () -> broker.members(prefix + BATCHER).isEmpty());
        try (Producer<byte[], byte[]> other = other()) {
            begin(other);
            other.abortTransaction();
        }
        Waiting.until("aborted", BOUND, () -> {
            long start = System.nanoTime();
            boolean counted = process.session().count().items() == 4;
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(TIMEOUT.dividedBy(2));
            return counted;
        });
    }

    @Test
    void closingDoesNotWaitForACount() {
        clients.stall(true);
        CompletableFuture<Void> counting =
                CompletableFuture.runAsync(() -> process.session().count());
        Waiting.pause(Duration.ofMillis(300));
        assertThat(counting).isNotDone();

        long start = System.nanoTime();
        process.session().close();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(TIMEOUT.dividedBy(2));
        assertThat(counting).isCompletedExceptionally();
    }

    private Producer<byte[], byte[]> other() {
        return Clients.REAL.producer(
                Map.of("bootstrap.servers", broker.servers(), "transactional.id", prefix + "other"));
    }

    /** Stores items in a transaction and leaves it open. */
    private void begin(Producer<byte[], byte[]> other) {
        begin(other, prefix + BATCHER);
    }

    private static void begin(Producer<byte[], byte[]> other, String topic) {
        other.initTransactions();
        other.beginTransaction();
        items("open").forEach(item -> other.send(Records.record(topic, item)));
        other.flush();
    }

    @Test
    void theLagIsZeroOnceEverythingIsHandledThoughTransactionsHaveMarkers() {
        handleAll();
        Waiting.until("a mark is settled", BOUND, () -> process.session().mark().isSettled());
    }

    @Test
    void aMarkIsSettledThoughAllThatWasEverAddedWasAborted() {
        String fresh = Broker.newPrefix();
        broker.createFor(fresh, BATCHER, 2);
        try (Producer<byte[], byte[]> other = other()) {
            begin(other, fresh + BATCHER);
            other.abortTransaction();
        }
        TestProcess second = TestProcess.start(
                KafkaStore.builder(Map.of("bootstrap.servers", broker.servers()))
                        .topicPrefix(fresh)
                        .timeout(TIMEOUT)
                        .build(),
                BATCHER,
                2);
        try {
            StoreMark mark = second.session().mark();
            Waiting.until("the mark is settled", BOUND, mark::isSettled);
            Waiting.until(
                    "nothing is stored", BOUND, () -> second.session().count().items() == 0);
        } finally {
            second.session().close();
        }
    }

    private void handleAll() {
        for (int number = 0; number < 2; number++) {
            Partition partition = process.owned.get(number);
            List<StoredItem> items = take(partition, 1);
            partition.begin(new BatchRecord("readings-" + number, items, 1, 1));
            partition.settle(Settlement.handled(items));
        }
        Waiting.until(
                "nothing is stored", BOUND, () -> process.session().count().items() == 0);
    }

    @Test
    void callsOfManyThreadsShareTransactions() {
        int threads = 16;
        int calls = 20;
        faults.reset();
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<CompletableFuture<Void>> all = IntStream.range(0, threads)
                    .mapToObj(thread -> CompletableFuture.runAsync(
                            () -> {
                                for (int i = 0; i < calls; i++) {
                                    process.session().append(items(String.format("t%02d-%02d", thread, i)));
                                }
                            },
                            pool))
                    .toList();
            all.forEach(CompletableFuture::join);
        } finally {
            pool.shutdown();
        }
        int sends = 2 * threads * calls;
        // What is counted besides are commits of transactions.
        assertThat(faults.calls() - sends).isBetween(calls, threads * calls / 2);

        List<String> read = read(0, 1 + threads * calls);
        assertThat(read).doesNotHaveDuplicates();
        for (int thread = 0; thread < threads; thread++) {
            String own = String.format("t%02d-", thread);
            assertThat(read.stream().filter(text -> text.startsWith(own)).toList())
                    .hasSize(calls)
                    .isSorted();
        }
    }

    private List<String> read(int number, int count) {
        return TestProcess.texts(take(process.owned.get(number), count));
    }

    private static List<StoredItem> take(Partition partition, int count) {
        List<StoredItem> all = new ArrayList<>();
        Waiting.until("items are read", BOUND, () -> {
            all.addAll(partition.next(count - all.size(), 1 << 20));
            return all.size() == count;
        });
        return all;
    }
}
