/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static io.batcher.fixtures.Futures.causeOf;
import static io.batcher.fixtures.TestThreads.await;
import static io.batcher.fixtures.TestThreads.awaitTrue;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batch;
import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.BatcherClock;
import io.batcher.BatcherClosedException;
import io.batcher.BatcherListener;
import io.batcher.BatcherStats;
import io.batcher.CloseResult;
import io.batcher.PartialBatchException;
import io.batcher.RetryPolicy;
import io.batcher.fixtures.TestThreads;
import io.batcher.fixtures.WatchedClock;
import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** G12: a handler or callback that waits for another thread to close its batcher. In real time, because threads block. */
class G12CloseFromHandlerTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final List<Object> handled = new CopyOnWriteArrayList<>();
    private final List<Object> dead = new CopyOnWriteArrayList<>();
    private final AtomicReference<Batcher<String>> batcher = new AtomicReference<>();
    private final CompletableFuture<CloseResult<String>> closed = new CompletableFuture<>();
    private final CompletableFuture<Void> goOn = new CompletableFuture<>();

    @AfterEach
    void releaseHandlers() {
        goOn.complete(null);
    }

    private BatcherBuilder<String> builder() {
        return Batcher.<String>builder("own")
                .maxBatchSize(1)
                .interval(Duration.ofMillis(1))
                .autoFlush(false)
                .onDeadLetter(letter -> dead.addAll(letter.items()));
    }

    private Batcher<String> start(BatcherBuilder<String> builder, String... items) {
        Batcher<String> built = builder.build();
        batcher.set(built);
        built.pause();
        built.addMany(List.of(items));
        built.resume();
        return built;
    }

    /** Closes the batcher on another thread and waits for that thread. */
    private void closeAndJoin() {
        assertThat(batcher.get().awaitsCaller()).isTrue();
        Thread closer = new Thread(() -> closed.complete(batcher.get().close(TIMEOUT)));
        closer.start();
        try {
            closer.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private CloseResult<String> closed() throws ExecutionException, InterruptedException, TimeoutException {
        return closed.get(30, TimeUnit.SECONDS); // half of the timeout of close
    }

    private void conserved(Batcher<String> own, long handledItems, long handedBack) throws InterruptedException {
        awaitTrue(() -> own.stats().depth() == 0);
        BatcherStats stats = own.stats();
        assertThat(stats.handled()).isEqualTo(handledItems);
        assertThat(stats.handedBack()).isEqualTo(handedBack);
        assertThat(stats.accepted()).isEqualTo(stats.handled() + stats.handedBack() + stats.deadLettered());
    }

    @Test
    void theBatchOfASyncHandlerIsHandledAndLaterItemsAreDelivered() throws Exception {
        Batcher<String> own = builder()
                .handler(batch -> {
                    handled.addAll(batch);
                    if (batch.contains("a")) {
                        closeAndJoin();
                        goOn.join();
                    }
                })
                .build();
        batcher.set(own);
        own.pause();
        own.addMany(List.of("a", "b", "c"));
        CompletableFuture<Void> behind = own.submit("d"); // before the handler closes
        own.resume();
        assertThat(closed()).isEqualTo(new CloseResult<>(List.of(), false));
        assertThat(handled).containsExactly("a", "b", "c", "d");
        assertThat(behind).isCompleted();
        assertThat(own.stats().depth()).isEqualTo(1);
        assertThat(own.stats().inFlight()).isEqualTo(1);
        goOn.complete(null);
        conserved(own, 4, 0);
        assertThat(dead).isEmpty();
    }

    @Test
    void theBatchOfASyncHandlerThatFailsAfterCloseIsDeadLettered() throws Exception {
        Batcher<String> own = start(
                builder().handler(batch -> {
                    handled.addAll(batch);
                    if (batch.contains("a")) {
                        closeAndJoin();
                        throw new IllegalStateException("after all");
                    }
                }),
                "a",
                "b");
        assertThat(closed().undelivered()).isEmpty();
        conserved(own, 1, 1);
        awaitTrue(() -> dead.equals(List.of("a")));
    }

    @Test
    void theFailedItemsOfAPartialFailureAfterCloseAreDeadLettered() throws Exception {
        Batcher<String> own = start(
                builder().maxBatchSize(2).handler(batch -> {
                    closeAndJoin();
                    throw new PartialBatchException(java.util.Map.of(1, new IllegalStateException("bad")));
                }),
                "a",
                "b");
        assertThat(closed().undelivered()).isEmpty();
        conserved(own, 1, 1);
        awaitTrue(() -> dead.equals(List.of("b")));
    }

    @Test
    void theBatchOfAnAsyncHandlerIsHandledWhenItsStageEnds() throws Exception {
        Batcher<String> own = start(
                builder().asyncHandler(batch -> {
                    handled.addAll(batch);
                    if (!batch.contains("a")) {
                        return CompletableFuture.completedFuture(null);
                    }
                    CompletableFuture<Void> stage = new CompletableFuture<>();
                    new Thread(() -> {
                                closed.complete(batcher.get().close(TIMEOUT));
                                goOn.join();
                                stage.complete(null);
                            })
                            .start();
                    return stage;
                }),
                "a",
                "b");
        assertThat(closed().undelivered()).isEmpty();
        assertThat(handled).containsExactly("a", "b");
        goOn.complete(null);
        conserved(own, 2, 0);
    }

    @Test
    void theDeadLetterIsCountedWhenItsCallbackReturns() throws Exception {
        Batcher<String> own = start(
                builder()
                        .retry(RetryPolicy.builder().maxAttempts(1).build())
                        .handler(batch -> {
                            if (batch.contains("a")) {
                                throw new IllegalStateException("bad");
                            }
                            handled.addAll(batch);
                        })
                        .onDeadLetter(letter -> {
                            dead.addAll(letter.items());
                            closeAndJoin();
                        }),
                "a",
                "b");
        assertThat(closed().undelivered()).isEmpty();
        assertThat(handled).containsExactly("b");
        awaitTrue(() -> own.stats().depth() == 0);
        assertThat(own.stats().deadLettered()).isEqualTo(1);
        assertThat(dead).containsExactly("a");
    }

    /** G5: what the callback has is not settled. */
    @Test
    void aFlushDoesNotSucceedBeforeADeadLetterWhoseCallbackWaitsForClose() throws Exception {
        CompletableFuture<CompletableFuture<Void>> flushed = new CompletableFuture<>();
        Batcher<String> own = start(
                builder()
                        .retry(RetryPolicy.builder().maxAttempts(1).build())
                        .handler(batch -> {
                            if (batch.contains("a")) {
                                throw new IllegalStateException("bad");
                            }
                        })
                        .onDeadLetter(letter -> {
                            flushed.complete(batcher.get().flush());
                            closeAndJoin();
                            goOn.join();
                        }),
                "a",
                "b");
        assertThat(closed().undelivered()).isEmpty();
        assertThat(causeOf(flushed.join())).isInstanceOf(BatcherClosedException.class);
        assertThat(own.stats().depth()).isEqualTo(1);
        goOn.complete(null);
        awaitTrue(() -> own.stats().deadLettered() == 1);
    }

    @Test
    void aDeadLetterWhoseCallbackWaitsForCloseAndThrowsIsHandedBack() throws Exception {
        CountDownLatch delivering = new CountDownLatch(1);
        CountDownLatch overtakenRun = new CountDownLatch(1);
        Batcher<String> own = start(
                builder()
                        .executor(task -> TestThreads.start(() -> {
                            task.run();
                            overtakenRun.countDown(); // the first task to end: the other delivers b
                        }))
                        .retry(RetryPolicy.builder().maxAttempts(1).build())
                        .handler(batch -> {
                            if (batch.contains("a")) {
                                throw new IllegalStateException("bad");
                            }
                            delivering.countDown();
                            await(overtakenRun);
                            handled.addAll(batch);
                        })
                        .onDeadLetter(letter -> {
                            new Thread(() -> closed.complete(batcher.get().close(TIMEOUT))).start();
                            await(delivering);
                            throw new IllegalStateException("not stored");
                        }),
                "a",
                "b",
                "c");
        assertThat(closed()).isEqualTo(new CloseResult<>(List.of("a", "c"), false));
        assertThat(handled).containsExactly("b");
        conserved(own, 1, 2);
    }

    @Test
    void aListenerMayWaitForClose() throws Exception {
        Batcher<String> own = start(
                builder().handler(handled::addAll).listener(new BatcherListener() {
                    @Override
                    public void onBatchHandled(String name, Batch<?> batch, Duration took) {
                        if (batch.contains("a")) {
                            closeAndJoin();
                        }
                    }
                }),
                "a",
                "b");
        assertThat(closed().undelivered()).isEmpty();
        assertThat(handled).containsExactly("a", "b");
        conserved(own, 2, 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aBatchWhoseListenerWaitsForTheEndOfCloseIsDeadLetteredWithoutACall(boolean paced) throws Exception {
        BatcherBuilder<String> own =
                builder().handler(handled::addAll).listener(new CloseBeforeCall(this::closeAndJoin));
        start(paced ? own.pace(1, Duration.ofDays(1)) : own, "a", "b");
        assertThat(closed()).isEqualTo(new CloseResult<>(List.of(), false));
        conserved(batcher.get(), 1, 1);
        awaitTrue(() -> dead.equals(List.of("a")));
        assertThat(handled).containsExactly("b");
    }

    @Test
    void aBatchWhoseListenerWaitsForCloseIsCalledAfterTheOneThatWasDeliveredMeanwhile() throws Exception {
        CountDownLatch delivering = new CountDownLatch(1);
        CountDownLatch overtakenRun = new CountDownLatch(1);
        BatcherListener waits = new CloseBeforeCall(() -> {
            new Thread(() -> closed.complete(batcher.get().close(TIMEOUT))).start();
            await(delivering);
        });
        Batcher<String> own = start(
                builder()
                        .listener(waits)
                        .executor(task -> TestThreads.start(() -> {
                            task.run();
                            overtakenRun.countDown(); // the first task to end: the other delivers b
                        }))
                        .handler(batch -> {
                            if (batch.contains("b")) {
                                delivering.countDown();
                                await(overtakenRun);
                            }
                            handled.addAll(batch);
                        }),
                "a",
                "b");
        assertThat(closed()).isEqualTo(new CloseResult<>(List.of(), false));
        assertThat(handled).containsExactly("b", "a");
        conserved(own, 2, 0);
    }

    /** Calls something before the first call of the handler. */
    private static final class CloseBeforeCall implements BatcherListener {
        private final AtomicReference<Runnable> once;

        CloseBeforeCall(Runnable once) {
            this.once = new AtomicReference<>(once);
        }

        @Override
        public void onBatchStarted(String name, Batch<?> batch) {
            Runnable first = once.getAndSet(() -> {});
            first.run();
        }
    }

    @Test
    void closeWaitsForAHandlerThatStartsItAndReturns() throws Exception {
        AtomicReference<Thread> first = new AtomicReference<>();
        AtomicReference<Thread> second = new AtomicReference<>();
        Batcher<String> own = start(
                builder().handler(batch -> {
                    handled.addAll(batch);
                    (batch.contains("a") ? first : second).set(Thread.currentThread());
                    if (batch.contains("a")) {
                        new Thread(() -> closed.complete(batcher.get().close(TIMEOUT))).start();
                    }
                }),
                "a",
                "b");
        assertThat(closed().undelivered()).isEmpty();
        assertThat(second.get()).isSameAs(first.get()); // no other thread has taken over
        conserved(own, 2, 0);
    }

    @Test
    void closeWaitsForALaterCallThatDoesNotWaitForIt() throws Exception {
        WatchedClock clock = new WatchedClock(BatcherClock.system());
        start(
                builder().clock(clock).handler(batch -> {
                    handled.addAll(batch);
                    if (batch.contains("a")) {
                        new Thread(() -> closed.complete(batcher.get().close(TIMEOUT))).start();
                        clock.awaitWaiter(); // or the first attempt of b might begin before close
                    } else if (batch.contains("b")) {
                        for (int looks = 0;
                                looks < 6;
                                looks++) { // close looks each time whether this call waits for it
                            clock.awaitWaiter();
                        }
                        throw new IllegalStateException("fails while close waits");
                    }
                }),
                "a",
                "b",
                "c");
        assertThat(closed()).isEqualTo(new CloseResult<>(List.of("b", "c"), false));
        assertThat(handled).containsExactly("a", "b");
        conserved(batcher.get(), 1, 2);
        assertThat(dead).isEmpty();
    }

    /** G17: the call is in progress while another begins, and is interrupted when its time is over. */
    @Test
    void aCallThatWaitsForCloseTimesOut() throws Exception {
        Duration years = Duration.ofDays(3_650);
        VirtualTime time = new VirtualTime();
        Batcher<String> own = start(
                time.applyTo(builder())
                        .executor(TestThreads::start)
                        .interval(Duration.ofDays(1))
                        .handlerTimeout(years)
                        .handler(batch -> {
                            handled.addAll(batch);
                            if (batch.contains("a")) {
                                new Thread(() -> closed.complete(batcher.get().close(years.multipliedBy(2)))).start();
                                goOn.get();
                            }
                        }),
                "a",
                "b");
        awaitTrue(() -> {
            time.advance(Duration.ofMillis(10));
            return closed.isDone();
        });
        assertThat(closed()).isEqualTo(new CloseResult<>(List.of(), false));
        time.advance(years);
        awaitTrue(() -> dead.equals(List.of("a")));
        assertThat(handled).containsExactly("a", "b");
        conserved(own, 1, 1);
    }

    @Test
    void aHandlerMayWaitForAThreadThatClosesWhileAnotherThreadDoes() throws Exception {
        WatchedClock clock = new WatchedClock(BatcherClock.system());
        CompletableFuture<Void> begun = new CompletableFuture<>();
        CountDownLatch closing = new CountDownLatch(1);
        Batcher<String> own = start(
                builder().clock(clock).handler(batch -> {
                    handled.addAll(batch);
                    if (batch.contains("a")) {
                        begun.complete(null);
                        await(closing);
                        closeAndJoin();
                    }
                }),
                "a",
                "b");
        begun.get(10, TimeUnit.SECONDS);
        CompletableFuture<CloseResult<String>> first = new CompletableFuture<>();
        TestThreads.start(() -> first.complete(own.close(TIMEOUT)));
        clock.awaitWaiter();
        closing.countDown();
        assertThat(closed()).isEqualTo(new CloseResult<>(List.of(), false));
        assertThat(first.get(30, TimeUnit.SECONDS)).isEqualTo(new CloseResult<>(List.of(), false));
        assertThat(handled).containsExactly("a", "b");
        conserved(own, 2, 0);
    }

    @Test
    void closeOfAnotherBatcherWaitsForItsHandler() throws Exception {
        CompletableFuture<Void> begun = new CompletableFuture<>();
        List<Object> others = new CopyOnWriteArrayList<>();
        WatchedClock clock = new WatchedClock(BatcherClock.system());
        Batcher<String> other = Batcher.<String>builder("other")
                .clock(clock)
                .interval(Duration.ofMillis(1))
                .handler(batch -> {
                    begun.complete(null);
                    goOn.join();
                    others.addAll(batch);
                })
                .build();
        other.add("x");
        begun.join();
        CompletableFuture<CloseResult<String>> otherClosed = new CompletableFuture<>();
        CompletableFuture<Boolean> awaitsCaller = new CompletableFuture<>();
        start(
                builder().handler(batch -> {
                    Thread closer = new Thread(() -> otherClosed.complete(other.close(TIMEOUT)));
                    closer.start();
                    awaitsCaller.complete(other.awaitsCaller());
                    closer.join();
                }),
                "a");
        clock.awaitWaiter();
        assertThat(otherClosed).isNotDone();
        assertThat(awaitsCaller.get(10, TimeUnit.SECONDS)).isFalse();
        goOn.complete(null);
        assertThat(otherClosed.get(30, TimeUnit.SECONDS).undelivered()).isEmpty();
        assertThat(others).containsExactly("x");
        batcher.get().close();
    }
}
