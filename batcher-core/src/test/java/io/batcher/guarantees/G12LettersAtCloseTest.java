/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static io.batcher.fixtures.Futures.causeOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.BatcherClock;
import io.batcher.BatcherClosedException;
import io.batcher.BatcherListener;
import io.batcher.BatcherState;
import io.batcher.BatcherStats;
import io.batcher.CloseResult;
import io.batcher.DeadLetter;
import io.batcher.RetryPolicy;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import io.batcher.fixtures.CapturedLog;
import io.batcher.fixtures.TestThreads;
import io.batcher.fixtures.UnusableExecutor;
import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** G9 and G12: a dead letter that the callback holds during close is not offered again; close keeps its timeout while a callback hangs. */
@Timeout(60)
class G12LettersAtCloseTest {

    private static final Duration TIMEOUT = Duration.ofMillis(200);
    private static final RetryPolicy ONCE = RetryPolicy.builder().maxAttempts(1).build();
    private static final String NOT_DELIVERED = " not delivered; set onDeadLetter to keep such items";

    private final VirtualTime time = new VirtualTime();
    private final Semaphore entered = new Semaphore(0);
    private final CountDownLatch leave = new CountDownLatch(1);
    private final Semaphore finished = new Semaphore(0);
    private final List<List<String>> offered = Collections.synchronizedList(new ArrayList<>());
    private final List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
    private final List<DeadLetter<?>> heard = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void release() {
        leave.countDown();
    }

    /** Runs each task on a thread of its own. */
    private void onThreads(Runnable task) {
        TestThreads.start(() -> {
            task.run();
            finished.release();
        });
    }

    /** Returns a batcher that gives up after one attempt and whose dead-letter callback hangs until {@link #leave}, then may throw. */
    private Batcher<String> hanging(boolean throwsAtLast, UnaryOperator<BatcherBuilder<String>> options) {
        return options.apply(time.applyTo(Batcher.<String>builder("hanging"))
                        .executor(this::onThreads)
                        .shutdownTimeout(TIMEOUT)
                        .maxBatchSize(1)
                        .onError(failure -> {})
                        .listener(new BatcherListener() {
                            @Override
                            public void onDeadLetter(DeadLetter<?> letter) {
                                heard.add(letter);
                            }
                        })
                        .onDeadLetter(letter -> {
                            offered.add(letter.items());
                            threads.add(Thread.currentThread());
                            entered.release();
                            hang();
                            if (throwsAtLast) {
                                throw new IllegalStateException("store is full");
                            }
                        }))
                .build();
    }

    private void hang() {
        try {
            leave.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void awaitEntered() {
        assertThat(acquired(entered)).isTrue();
    }

    private static boolean acquired(Semaphore semaphore) {
        try {
            return semaphore.tryAcquire(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static BatcherBuilder<String> failing(BatcherBuilder<String> builder) {
        return builder.handler(batch -> {
            throw new IllegalStateException("no");
        });
    }

    private static void balances(Batcher<String> batcher) {
        BatcherStats stats = batcher.stats();
        assertThat(stats.accepted())
                .isEqualTo(
                        stats.handled() + stats.deadLettered() + stats.dropped() + stats.handedBack() + stats.depth());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDeadLetterThatTheCallbackHoldsIsNeitherHandedBackNorOfferedAgain(boolean withResult) {
        Batcher<String> batcher = hanging(false, builder -> failing(builder).retry(ONCE));
        CompletableFuture<Void> future = batcher.submit("a");
        awaitEntered();
        if (withResult) {
            assertThat(batcher.close(TIMEOUT)).isEqualTo(new CloseResult<>(List.of(), true));
        } else {
            batcher.close();
        }
        assertThat(time.nanoTime()).isEqualTo(TIMEOUT.toNanos());
        assertThat(offered).containsExactly(List.of("a"));
        assertThat(batcher.stats().depth()).isEqualTo(1);
        assertThat(batcher.stats().state()).isEqualTo(BatcherState.CLOSED);
        assertThat(future).isNotDone();
        balances(batcher);

        leave.countDown();
        assertThat(acquired(finished)).isTrue();
        assertThat(batcher.stats().deadLettered()).isEqualTo(1);
        assertThat(batcher.stats().handedBack()).isZero();
        assertThat(batcher.stats().depth()).isZero();
        assertThat(heard).hasSize(1);
        assertThat(offered).hasSize(1);
        assertThat(causeOf(future)).hasMessage("no");
        balances(batcher);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDeadLetterWhoseCallbackThrowsAfterCloseIsLoggedByCountOnce(boolean withResult) {
        try (CapturedLog log = new CapturedLog()) {
            Batcher<String> batcher = hanging(true, builder -> failing(builder).retry(ONCE));
            CompletableFuture<Void> future = batcher.submit("a");
            awaitEntered();
            if (withResult) {
                assertThat(batcher.close(TIMEOUT).undelivered()).isEmpty();
            } else {
                batcher.close();
            }
            leave.countDown();
            assertThat(acquired(finished)).isTrue();
            assertThat(batcher.stats().deadLettered()).isZero();
            assertThat(batcher.stats().handedBack()).isEqualTo(1);
            assertThat(batcher.stats().depth()).isZero();
            assertThat(heard).isEmpty();
            assertThat(offered).hasSize(1);
            assertThat(causeOf(future))
                    .isInstanceOf(BatcherClosedException.class)
                    .hasRootCauseMessage("store is full");
            assertThat(log.at(Level.SEVERE))
                    .extracting(java.util.logging.LogRecord::getMessage)
                    .containsExactly("Batcher \"hanging\" closed with 1 item" + NOT_DELIVERED);
            balances(batcher);
        }
    }

    @Test
    void itemsBehindADeadLetterThatTheCallbackHoldsAreHandedBack() {
        Batcher<String> batcher = hanging(false, builder -> failing(builder).retry(ONCE));
        batcher.addMany(List.of("a", "b", "c"));
        awaitEntered();
        assertThat(batcher.close(TIMEOUT).undelivered()).containsExactly("b", "c");
        assertThat(batcher.stats().handedBack()).isEqualTo(2);
        assertThat(batcher.stats().depth()).isEqualTo(1);
        leave.countDown();
        assertThat(acquired(finished)).isTrue();
        assertThat(batcher.stats().deadLettered()).isEqualTo(1);
        assertThat(offered).containsExactly(List.of("a"));
        balances(batcher);
    }

    @Test
    void closeWaitsForACallbackThatReturnsWithinTheTimeout() {
        Batcher<String> batcher = failing(time.applyTo(Batcher.<String>builder("slow")))
                .retry(ONCE)
                .onError(failure -> {})
                .onDeadLetter(letter -> time.advance(Duration.ofMillis(600)))
                .build();
        batcher.add("a");
        assertThat(batcher.close(Duration.ofSeconds(1))).isEqualTo(new CloseResult<>(List.of(), false));
        assertThat(batcher.stats().deadLettered()).isEqualTo(1);
        assertThat(time.nanoTime()).isEqualTo(600_000_000);
    }

    @Test
    void closeKeepsItsTimeoutWhileOnDeadLetterHangs() {
        try (CapturedLog log = new CapturedLog()) {
            Batcher<String> batcher = hanging(false, builder -> builder);
            batcher.addMany(List.of("a", "b", "c"));
            batcher.close();
            awaitEntered();
            assertThat(time.nanoTime()).isEqualTo(TIMEOUT.toNanos());
            assertThat(batcher.stats().handedBack()).isEqualTo(3);
            assertThat(offered).containsExactly(List.of("a"));
            assertThat(threads.get(0)).isNotSameAs(Thread.currentThread());
            assertThat(log.at(Level.WARNING))
                    .extracting(java.util.logging.LogRecord::getMessage)
                    .containsExactly("Batcher \"hanging\" is closed, but onDeadLetter has not returned within "
                            + "shutdownTimeout: 3 items are still offered to it in the background, and are lost if the process "
                            + "ends before that");

            leave.countDown();
            assertThat(acquired(entered) && acquired(entered)).isTrue();
            assertThat(offered).containsExactly(List.of("a"), List.of("b"), List.of("c"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void closeKeepsItsTimeoutWithAnUnusableExecutor(UnusableExecutor executor) {
        try (CapturedLog quiet = new CapturedLog()) {
            Batcher<String> batcher = hanging(
                    false, builder -> failing(builder).executor(executor).clock(BatcherClock.system()));
            batcher.pause();
            batcher.addMany(List.of("a", "b"));
            long begin = System.nanoTime();
            batcher.close();
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
            awaitEntered();
            assertThat(threads.get(0).isDaemon()).isTrue();
            assertThat(threads.get(0)).isNotSameAs(Thread.currentThread());
            leave.countDown();
            awaitEntered();
            assertThat(offered).containsExactly(List.of("a"), List.of("b"));
        }
    }

    @Test
    void anInterruptedThreadThatClosesWaitsForOnDeadLetterAndKeepsItsFlag() {
        List<Boolean> interrupted = new ArrayList<>();
        Batcher<String> batcher = Batcher.<String>builder("interrupted")
                .maxBatchSize(1)
                .onDeadLetter(letter -> interrupted.add(Thread.currentThread().isInterrupted()))
                .build();
        batcher.addMany(List.of("a", "b"));
        Thread.currentThread().interrupt();
        batcher.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(interrupted).containsExactly(false, false);
    }

    @Test
    void withAShutdownTimeoutOfZeroOnDeadLetterIsCalled() {
        BatcherFixture rig = new BatcherFixture(
                CallStyle.SYNC,
                builder -> builder.shutdownTimeout(Duration.ZERO)
                        .maxBatchSize(10)
                        .onDeadLetter(letter -> offered.add(letter.items())));
        rig.add("a", "b");
        rig.batcher.close();
        assertThat(offered).containsExactly(List.of("a", "b"));
        assertThat(rig.millis()).isZero();
    }
}
