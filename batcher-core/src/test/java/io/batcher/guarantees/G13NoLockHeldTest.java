/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batch;
import io.batcher.BatchFailure;
import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.BatcherClock;
import io.batcher.BatcherListener;
import io.batcher.DeadLetter;
import io.batcher.Overflow;
import io.batcher.PartialBatchException;
import io.batcher.RetryPolicy;
import io.batcher.fixtures.TestThreads;
import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.AbstractList;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * G13: no user code runs under the lock, and none on the scheduler's thread. Wherever user code runs, another thread must be able to
 * use the batcher.
 */
class G13NoLockHeldTest {

    private static final String[] PLACES = {
        "addMany's collection",
        "async handler",
        "cancelled stage",
        "clock.await",
        "clock.instant",
        "clock.nanoTime",
        "executor",
        "future of a flush",
        "future of a submit that failed",
        "future of a submit",
        "listener.onBatchFailed",
        "listener.onBatchHandled",
        "listener.onBatchStarted",
        "listener.onDeadLetter",
        "listener.onDropped",
        "onDeadLetter",
        "onDrop",
        "onError",
        "retryOn",
        "scheduler",
        "scheduler's future",
        "weigher"
    };

    private final VirtualTime time = new VirtualTime();
    private final TreeSet<String> visited = new TreeSet<>();
    private final TreeSet<String> locked = new TreeSet<>();
    private final TreeSet<String> onScheduler = new TreeSet<>();
    private boolean probing;
    private boolean inScheduler;
    private Batcher<String> batcher;

    /** User code runs here: checks that another thread can use the batcher meanwhile. */
    private void at(String place) {
        boolean first = visited.add(place);
        if (inScheduler && !place.startsWith("clock") && !place.startsWith("executor") && !place.startsWith("sched")) {
            onScheduler.add(place);
        }
        if (!first || probing || batcher == null) {
            return;
        }
        probing = true;
        try {
            TestThreads.runAndWait(() -> {
                batcher.stats();
                batcher.stopAutoFlush();
                batcher.startAutoFlush();
            });
        } catch (Exception e) {
            locked.add(place);
        } finally {
            probing = false;
        }
    }

    private BatcherBuilder<String> watched() {
        return Batcher.<String>builder("watched")
                .clock(new Clock())
                .scheduler((task, delay) -> {
                    at("scheduler");
                    return new Handle(time.schedule(() -> onScheduler(task), delay));
                })
                .executor(task -> {
                    at("executor");
                    time.execute(task);
                })
                .capacity(4)
                .maxBatchSize(2)
                .maxBatchWeight(100)
                .weigher(item -> {
                    at("weigher");
                    return 1;
                })
                .overflow(Overflow.DROP_OLDEST)
                .handlerTimeout(Duration.ofSeconds(1))
                .retry(RetryPolicy.builder()
                        .maxAttempts(2)
                        .retryOn(cause -> {
                            at("retryOn");
                            return true;
                        })
                        .build())
                .onError(failure -> at("onError"))
                .onDeadLetter(letter -> at("onDeadLetter"))
                .onDrop(item -> at("onDrop"))
                .listener(new Listener());
    }

    private void onScheduler(Runnable task) {
        inScheduler = true;
        try {
            task.run();
        } finally {
            inScheduler = false;
        }
    }

    @Test
    void userCodeRunsWithoutTheLockAndNotOnTheSchedulersThread() {
        batcher = watched().asyncHandler(this::handle).build();
        batcher.add("interval");
        time.advance(Duration.ofSeconds(2));
        batcher.submit("good").thenRun(() -> at("future of a submit"));
        batcher.flush().thenRun(() -> at("future of a flush"));
        time.advance(Duration.ofSeconds(2));
        batcher.submit("bad").whenComplete((value, failure) -> at("future of a submit that failed"));
        time.advance(Duration.ofSeconds(2));
        batcher.add("slow");
        time.advance(Duration.ofSeconds(10));
        batcher.add("partial");
        time.advance(Duration.ofSeconds(10));
        batcher.pause();
        batcher.addMany(new WatchedList());
        batcher.addMany(new WatchedList());
        batcher.resume();
        batcher.add("slow");
        batcher.close(Duration.ofSeconds(5));
        assertThat(visited).containsExactlyInAnyOrder(PLACES);
        assertThat(locked).isEmpty();
        assertThat(onScheduler).isEmpty();
    }

    private CompletableFuture<Void> handle(Batch<String> batch) {
        at("async handler");
        if (batch.contains("bad")) {
            throw new IllegalStateException("bad");
        }
        if (batch.contains("partial")) {
            throw new PartialBatchException(Map.of(0, new Exception("partial")));
        }
        CompletableFuture<Void> stage = new CompletableFuture<>();
        if (batch.contains("slow")) {
            stage.whenComplete((value, failure) -> at("cancelled stage"));
        } else {
            stage.complete(null);
        }
        return stage;
    }

    private final class Clock implements BatcherClock {
        @Override
        public long nanoTime() {
            at("clock.nanoTime");
            return time.nanoTime();
        }

        @Override
        public Instant instant() {
            at("clock.instant");
            return time.instant();
        }

        @Override
        public boolean await(CountDownLatch latch, long nanos) throws InterruptedException {
            at("clock.await");
            return time.await(latch, nanos);
        }
    }

    private final class Handle extends CompletableFuture<Void> {
        private final Future<?> timer;

        Handle(Future<?> timer) {
            this.timer = timer;
        }

        @Override
        public boolean cancel(boolean mayInterrupt) {
            at("scheduler's future");
            return timer.cancel(mayInterrupt);
        }
    }

    private final class WatchedList extends AbstractList<String> {
        @Override
        public String get(int index) {
            at("addMany's collection");
            return "item " + index;
        }

        @Override
        public int size() {
            return 3;
        }
    }

    private final class Listener implements BatcherListener {
        @Override
        public void onBatchStarted(String name, Batch<?> batch) {
            at("listener.onBatchStarted");
        }

        @Override
        public void onBatchHandled(String name, Batch<?> batch, Duration took) {
            at("listener.onBatchHandled");
        }

        @Override
        public void onBatchFailed(BatchFailure<?> failure, Duration took) {
            at("listener.onBatchFailed");
        }

        @Override
        public void onDropped(String name, int items) {
            at("listener.onDropped");
        }

        @Override
        public void onDeadLetter(DeadLetter<?> letter) {
            at("listener.onDeadLetter");
        }
    }
}
