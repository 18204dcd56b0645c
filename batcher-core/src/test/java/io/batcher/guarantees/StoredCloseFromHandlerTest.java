/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static io.batcher.fixtures.TestThreads.awaitTrue;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batch;
import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.BatcherListener;
import io.batcher.BatcherState;
import io.batcher.CloseResult;
import io.batcher.RetryPolicy;
import io.batcher.fixtures.CapturedLog;
import io.batcher.store.ItemCodec;
import io.batcher.store.fixtures.FakeDatabase;
import io.batcher.store.fixtures.FakeStore;
import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** G12 with a store: close continues without a call that waits for it, and the outcome of that call is recorded. */
@Timeout(60)
class StoredCloseFromHandlerTest {

    /** Much longer than the tests wait for the end of close. */
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final FakeDatabase database = new FakeDatabase(new VirtualTime(), Duration.ofHours(1));
    private final FakeStore store = new FakeStore(database);
    private final AtomicReference<Batcher<String>> batcher = new AtomicReference<>();
    private final CompletableFuture<CloseResult<String>> closed = new CompletableFuture<>();
    private final CompletableFuture<Void> goOn = new CompletableFuture<>();
    private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    private final List<String> failures = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void end() {
        goOn.complete(null);
        store.kill();
    }

    private BatcherBuilder<String> builder() {
        return Batcher.<String>builder("own")
                .interval(Duration.ofMillis(1))
                .maxBatchSize(1)
                .store(store)
                .codec(ItemCodec.strings())
                .onError(failure -> failures.add(failure.cause().getMessage()));
    }

    private Batcher<String> start(BatcherBuilder<String> builder) {
        Batcher<String> own = builder.build();
        batcher.set(own);
        store.poll();
        own.addMany(List.of("a", "b"));
        own.flush();
        return own;
    }

    private Thread closer() {
        Thread closer = new Thread(() -> closed.complete(batcher.get().close(TIMEOUT)));
        closer.start();
        return closer;
    }

    private void closeAndJoin(Batch<String> batch) throws InterruptedException {
        calls.addAll(batch);
        closer().join();
        goOn.join();
    }

    private CloseResult<String> closed() throws Exception {
        return closed.get(30, TimeUnit.SECONDS); // half of the timeout of close
    }

    @Test
    void aSuccessAfterCloseIsRecorded() throws Exception {
        Batcher<String> own = start(builder().handler(this::closeAndJoin));
        assertThat(closed()).isEqualTo(new CloseResult<>(List.of(), false));
        assertThat(own.stats().state()).isEqualTo(BatcherState.CLOSED);
        assertThat(database.size()).isEqualTo(2);
        goOn.complete(null);
        awaitTrue(() -> database.size() == 1);
        awaitTrue(() -> own.stats().handled() == 1);
        assertThat(calls).containsExactly("a");
    }

    @Test
    void aFailureAfterCloseIsRecordedAsAnAttempt() throws Exception {
        start(builder().retry(RetryPolicy.builder().maxAttempts(1).build()).handler(batch -> {
            closeAndJoin(batch);
            throw new IllegalStateException("after all");
        }));
        assertThat(closed().undelivered()).isEmpty();
        goOn.complete(null);
        awaitTrue(() -> failures.equals(List.of("after all")));
        awaitTrue(() -> database.deadLetters("own").equals(List.of("a")));
        assertThat(database.size()).isEqualTo(1);
    }

    @Test
    void theStageOfAHandlerThatHasWaitedForCloseIsRecorded() throws Exception {
        CompletableFuture<Void> stage = new CompletableFuture<>();
        Batcher<String> own = start(builder().asyncHandler(batch -> {
            calls.addAll(batch);
            try {
                closer().join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return stage;
        }));
        assertThat(closed().undelivered()).isEmpty();
        stage.complete(null);
        awaitTrue(() -> database.size() == 1);
        awaitTrue(() -> own.stats().handled() == 1);
    }

    @Test
    void anotherProcessTakesOverWhenTheOutcomeIsRecorded() throws Exception {
        start(builder().handler(this::closeAndJoin));
        assertThat(closed().undelivered()).isEmpty();
        FakeStore second = new FakeStore(database);
        List<String> taken = Collections.synchronizedList(new ArrayList<>());
        try (Batcher<String> other = Batcher.<String>builder("own")
                .interval(Duration.ofMillis(1))
                .store(second)
                .codec(ItemCodec.strings())
                .handler(taken::addAll)
                .build()) {
            second.poll();
            assertThat(other.stats().lanes()).isZero();
            goOn.complete(null);
            awaitTrue(() -> {
                second.poll();
                return taken.contains("b");
            });
            assertThat(taken).containsExactly("b");
        }
    }

    @Test
    void aSuccessThatTheStoreDoesNotRecordAfterCloseIsLoggedAndTheStoreIsLeft() throws Exception {
        try (CapturedLog log = new CapturedLog()) {
            start(builder().handler(this::closeAndJoin));
            assertThat(closed().undelivered()).isEmpty();
            store.kill(); // every call fails from here on
            goOn.complete(null);
            awaitTrue(() -> log.lines().stream().anyMatch(line -> line.contains("before the store has recorded")));
            assertThat(database.size()).isEqualTo(2);
        }
    }

    @Test
    void anAttemptIsNotMadeWhoseListenerWaitsForClose() throws Exception {
        Batcher<String> own = start(builder()
                .listener(new BatcherListener() {
                    @Override
                    public void onBatchStarted(String name, Batch<?> batch) {
                        try {
                            closer().join();
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                    }
                })
                .handler(calls::addAll));
        assertThat(closed().undelivered()).isEmpty();
        assertThat(own.stats().state()).isEqualTo(BatcherState.CLOSED);
        awaitTrue(() -> own.stats().inFlight() == 0);
        assertThat(calls).isEmpty();
        assertThat(database.size()).isEqualTo(2);
    }
}
