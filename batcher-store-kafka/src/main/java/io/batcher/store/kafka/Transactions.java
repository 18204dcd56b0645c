/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import io.batcher.BatcherStoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/**
 * Appends what belongs to one call in a transaction. Calls that wait while another makes one share the next. A producer whose
 * transaction failed is replaced by one with another transactional id, so that it is fenced by nothing; Kafka aborts what it left open.
 */
final class Transactions {

    private static final int MOST_RECORDS = 10_000;

    private record Call(List<ProducerRecord<byte[], byte[]>> records, CompletableFuture<List<Long>> done) {}

    private final Supplier<Producer<byte[], byte[]>> producers;
    private final Duration timeout;
    private final Queue<Call> waiting = new ConcurrentLinkedQueue<>();

    /** One thread at most, which makes all transactions. */
    private final ThreadPoolExecutor executor;

    /** The executor's thread's own. */
    private @Nullable Producer<byte[], byte[]> producer;

    Transactions(Supplier<Producer<byte[], byte[]>> producers, Duration timeout) {
        this.producers = producers;
        this.timeout = timeout;
        this.executor = new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(null, task, "batcher-store-kafka-transactions", 0, false);
            thread.setDaemon(true);
            return thread;
        });
        executor.allowCoreThreadTimeOut(true);
    }

    /** Appends records, all or none, and returns their offsets. */
    List<Long> append(List<ProducerRecord<byte[], byte[]>> records) {
        Call call = new Call(records, new CompletableFuture<>());
        waiting.add(call);
        try {
            executor.execute(this::appendNext);
        } catch (RejectedExecutionException e) {
            throw new BatcherStoreException("The store is closed", e);
        }
        try {
            // It may wait for a transaction before it; its own sends, commits, and aborts if that fails.
            return Failures.await(call.done, timeout.multipliedBy(8));
        } catch (ExecutionException | TimeoutException e) {
            BatcherStoreException cause = Failures.of("store items", Failures.unwrapped(e), true);
            throw new BatcherStoreException(String.valueOf(cause.getMessage()), cause, cause.outcomeUnknown());
        }
    }

    private void appendNext() {
        List<Call> group = new ArrayList<>();
        int records = 0;
        for (Call next = waiting.peek(); next != null; next = waiting.peek()) {
            records += next.records.size();
            if (!group.isEmpty() && records > MOST_RECORDS) {
                break;
            }
            group.add(waiting.remove());
        }
        if (group.isEmpty()) {
            return;
        }
        try {
            appendAll(group);
        } catch (BatcherStoreException e) {
            failed(group, e);
        } catch (RuntimeException e) {
            BatcherStoreException failure = Failures.of("store items", e, true);
            group.forEach(call -> call.done.completeExceptionally(failure));
        }
    }

    /** Fails the calls of a group; but where one record may have spoiled it for the others, repeats each alone. */
    private void failed(List<Call> group, BatcherStoreException failure) {
        boolean certain = group.size() == 1
                || failure.outcomeUnknown()
                || !(failure.getCause() instanceof ApiException)
                || failure.getCause() instanceof RetriableException;
        for (Call call : group) {
            if (certain) {
                call.done.completeExceptionally(failure);
            } else {
                try {
                    appendAll(List.of(call));
                } catch (BatcherStoreException e) {
                    call.done.completeExceptionally(e);
                }
            }
        }
    }

    private void appendAll(List<Call> group) {
        Producer<byte[], byte[]> current = producer();
        List<List<Future<RecordMetadata>>> sent = new ArrayList<>();
        try {
            current.beginTransaction();
            for (Call call : group) {
                List<Future<RecordMetadata>> futures = new ArrayList<>();
                for (ProducerRecord<byte[], byte[]> each : call.records) {
                    futures.add(current.send(each));
                }
                sent.add(futures);
            }
            current.flush();
            for (List<Future<RecordMetadata>> futures : sent) {
                offsets(futures);
            }
        } catch (KafkaException | IllegalStateException | ExecutionException | TimeoutException e) {
            // Nothing was committed: what cannot be aborted now, Kafka aborts after the transaction's timeout.
            abort(current);
            throw Failures.of("store items", e, false);
        }
        commit(current);
        for (int i = 0; i < group.size(); i++) {
            try {
                group.get(i).done.complete(offsets(sent.get(i)));
            } catch (ExecutionException | TimeoutException e) {
                throw new IllegalStateException("a record that was committed has failed", e);
            }
        }
    }

    private List<Long> offsets(List<Future<RecordMetadata>> futures) throws ExecutionException, TimeoutException {
        List<Long> offsets = new ArrayList<>(futures.size());
        for (Future<RecordMetadata> future : futures) {
            offsets.add(Failures.await(future, timeout).offset());
        }
        return offsets;
    }

    private void commit(Producer<byte[], byte[]> current) {
        try {
            current.commitTransaction();
        } catch (org.apache.kafka.common.errors.TimeoutException first) {
            // Asking again tells the outcome, if Kafka answers now.
            try {
                current.commitTransaction();
            } catch (KafkaException | IllegalStateException e) {
                discard(current);
                throw Failures.of("commit items", e, true);
            }
        } catch (KafkaException | IllegalStateException e) {
            discard(current);
            throw Failures.of("commit items", e, true);
        }
    }

    private Producer<byte[], byte[]> producer() {
        Producer<byte[], byte[]> current = producer;
        if (current == null) {
            try {
                current = producers.get();
            } catch (KafkaException e) {
                throw Failures.of("create a producer", e);
            }
            try {
                current.initTransactions();
            } catch (KafkaException | IllegalStateException e) {
                current.close(Duration.ZERO);
                throw Failures.of("begin transactions", e);
            }
            producer = current;
        }
        return current;
    }

    private void abort(Producer<byte[], byte[]> used) {
        try {
            used.abortTransaction();
        } catch (KafkaException | IllegalStateException e) {
            Log.warning("a transaction that failed could not be aborted; Kafka aborts it after its timeout", e);
        }
        discard(used);
    }

    /** Closes a producer whose state is not certain. */
    private void discard(Producer<byte[], byte[]> used) {
        producer = null;
        used.close(Duration.ZERO);
    }

    void close() {
        executor.execute(() -> {
            if (producer != null) {
                producer.close(timeout);
                producer = null;
            }
        });
        executor.shutdown();
    }
}
