/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static io.batcher.fixtures.TestThreads.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.BatcherClock;
import io.batcher.fixtures.CapturedLog;
import io.batcher.fixtures.LogAppender;
import io.batcher.fixtures.WatchedClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.Test;

/** G13: no user code runs on a timer thread that batchers share, so no batcher delays another. Real threads, bounded waits. */
class G13TimerThreadTest {

    private static final Duration INTERVAL = Duration.ofMillis(10);

    /** Asserts that batchers with default threads deliver and time out. */
    private static void assertThatAnotherBatcherIsServed() {
        CountDownLatch handled = new CountDownLatch(1);
        CompletableFuture<Void> stage = new CompletableFuture<>();
        CountDownLatch timedOut = new CountDownLatch(1);
        stage.whenComplete((value, failure) -> timedOut.countDown());
        try (Batcher<String> third = Batcher.<String>builder("third")
                        .interval(INTERVAL)
                        .handler(batch -> handled.countDown())
                        .build();
                Batcher<String> fourth = Batcher.<String>builder("fourth")
                        .interval(INTERVAL)
                        .handlerTimeout(INTERVAL)
                        .onError(failure -> {})
                        .asyncHandler(batch -> stage.isDone() ? CompletableFuture.completedFuture(null) : stage)
                        .build()) {
            third.add("a");
            fourth.add("a");
            await(handled);
            await(timedOut);
        }
    }

    @Test
    void anExecutorThatBlocksDelaysNoOtherBatcher() {
        CountDownLatch ends = new CountDownLatch(1);
        CountDownLatch blocked = new CountDownLatch(2);
        List<String> threads = Collections.synchronizedList(new ArrayList<>());
        Executor blocking = task -> {
            threads.add(Thread.currentThread().getName());
            blocked.countDown();
            await(ends);
            task.run();
        };
        try (CapturedLog log = new CapturedLog();
                Batcher<String> one = Batcher.<String>builder("one")
                        .interval(INTERVAL)
                        .executor(blocking)
                        .handler(batch -> {})
                        .build();
                Batcher<String> two = Batcher.<String>builder("two")
                        .interval(INTERVAL)
                        .executor(blocking)
                        .handler(batch -> {})
                        .build()) {
            one.add("a");
            two.add("a");
            await(blocked);
            try {
                assertThatAnotherBatcherIsServed();
            } finally {
                ends.countDown();
            }
        }
        assertThat(threads).noneMatch(name -> name.startsWith("batcher-timer"));
    }

    /** A custom clock does not make the time of the process-wide timer virtual. */
    @Test
    void anExecutorIsNotCalledOnTheTimerThreadWithACustomClock() {
        List<String> threads = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch handled = new CountDownLatch(1);
        try (Batcher<String> batcher = Batcher.<String>builder("clock")
                .interval(INTERVAL)
                .clock(new WatchedClock(BatcherClock.system()))
                .executor(task -> {
                    threads.add(Thread.currentThread().getName());
                    task.run();
                })
                .handler(batch -> handled.countDown())
                .build()) {
            batcher.add("a");
            await(handled);
        }
        assertThat(threads).isNotEmpty().noneMatch(name -> name.startsWith("batcher-timer"));
    }

    @Test
    void aLogAppenderThatBlocksDelaysNoOtherBatcher() {
        CountDownLatch ends = new CountDownLatch(1);
        CountDownLatch blocked = new CountDownLatch(1);
        List<String> threads = Collections.synchronizedList(new ArrayList<>());
        try (CapturedLog quiet = new CapturedLog();
                Batcher<String> refused = Batcher.<String>builder("refused")
                        .interval(INTERVAL)
                        .shutdownTimeout(Duration.ofSeconds(5))
                        .executor(task -> {
                            throw new RejectedExecutionException("full");
                        })
                        .handler(batch -> {})
                        .build();
                LogAppender blocking = new LogAppender(record -> {
                    threads.add(Thread.currentThread().getName());
                    blocked.countDown();
                    await(ends);
                })) {
            refused.add("a");
            await(blocked);
            try {
                assertThatAnotherBatcherIsServed();
            } finally {
                ends.countDown();
            }
        }
        assertThat(threads).noneMatch(name -> name.startsWith("batcher-timer"));
    }

    /** Two batchers share a user's scheduler; an executor that blocks delays only its own batcher. */
    @Test
    void anExecutorThatBlocksDelaysNoOtherBatcherOfTheSameScheduler() {
        ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
        CountDownLatch ends = new CountDownLatch(1);
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch handled = new CountDownLatch(1);
        try (CapturedLog log = new CapturedLog();
                Batcher<String> one = Batcher.<String>builder("one")
                        .interval(INTERVAL)
                        .scheduler(scheduler)
                        .executor(task -> {
                            blocked.countDown();
                            await(ends);
                            task.run();
                        })
                        .handler(batch -> {})
                        .build();
                Batcher<String> two = Batcher.<String>builder("two")
                        .interval(INTERVAL)
                        .scheduler(scheduler)
                        .handler(batch -> handled.countDown())
                        .build()) {
            one.add("a");
            await(blocked);
            two.add("a");
            await(handled);
            assertThat(log.lines()).isEmpty();
            ends.countDown();
        } finally {
            ends.countDown();
            scheduler.shutdownNow();
        }
    }
}
