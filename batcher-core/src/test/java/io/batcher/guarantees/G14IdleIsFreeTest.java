/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static io.batcher.fixtures.TestThreads.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batch;
import io.batcher.BatchConsumer;
import io.batcher.Batcher;
import io.batcher.BatcherScheduler;
import io.batcher.Overflow;
import io.batcher.RetryPolicy;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import io.batcher.testing.VirtualTime;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * G14: an idle batcher has no thread and no timer; daemon threads only; a handled item is garbage; one process-wide timer thread and
 * one cached pool, created on first use, never the common pool.
 */
class G14IdleIsFreeTest {

    @Test
    void idleBatchersHaveNoThread() {
        int before = threads();
        List<Batcher<String>> batchers = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            batchers.add(Batcher.<String>builder("idle").handler(batch -> {}).build());
        }
        assertThat(threads()).isLessThan(before + 100);
        batchers.forEach(Batcher::close);
    }

    /** Counts all threads of the process. {@link Thread#activeCount} leaves out the library's, which are in the top group. */
    private static int threads() {
        return Thread.getAllStackTraces().size();
    }

    @ParameterizedTest
    @EnumSource
    void anIdleBatcherHasNoTimer(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(
                style, builder -> builder.handlerTimeout(Duration.ofSeconds(5)).maxBatchSize(2))) {
            assertThat(rig.time.pendingTimers()).isZero();
            rig.fail(1).add("a", "b", "c").advanceMillis(10_000);
            rig.batcher.flush();
            rig.batcher.pause();
            rig.batcher.resume();
            rig.add("d");
            rig.batcher.flush();
            rig.runReady();
            assertThat(rig.handled).containsExactly("a", "b", "c", "d");
            assertThat(rig.time.pendingTimers()).isZero();
        }
    }

    @Test
    void manyItemsNeedOneTimerAtATime() {
        int[] scheduled = new int[1];
        try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC, builder -> {
            BatcherScheduler scheduler = builder.config().scheduler();
            return builder.scheduler((task, delay) -> {
                scheduled[0]++;
                return scheduler.schedule(task, delay);
            });
        })) {
            for (int i = 0; i < 900; i++) {
                rig.add("x");
            }
            assertThat(scheduled[0]).isEqualTo(1);
            assertThat(rig.time.pendingTimers()).isEqualTo(1);
        }
    }

    @Test
    void theDefaultThreadsAreSharedDaemonsOfTheLibrary() throws Exception {
        List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
        List<Boolean> commonPool = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch handled = new CountDownLatch(2);
        BatchConsumer<String> handler = batch -> {
            threads.add(Thread.currentThread());
            commonPool.add(ForkJoinPool.commonPool() == ForkJoinTask.getPool());
            handled.countDown();
        };
        try (Batcher<String> one = Batcher.<String>builder("one")
                        .interval(Duration.ofMillis(1))
                        .handler(handler)
                        .build();
                Batcher<String> two = Batcher.<String>builder("two")
                        .eager(true)
                        .handler(handler)
                        .build()) {
            one.add("a");
            two.add("b");
            await(handled);
        }
        assertThat(threads)
                .allMatch(Thread::isDaemon)
                .allMatch(thread -> thread.getName().startsWith("batcher-worker-"));
        assertThat(commonPool).containsOnly(false);
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> thread.getName().startsWith("batcher-timer"))
                // not those of a library that another test has loaded again
                .filteredOn(thread -> thread.getClass().getClassLoader() == Batcher.class.getClassLoader())
                .hasSize(1)
                .allMatch(Thread::isDaemon);
    }

    @ParameterizedTest
    @EnumSource
    void aHandledItemIsGarbageWhileTheBatcherLives(CallStyle style) throws InterruptedException {
        ReferenceQueue<Object> collected = new ReferenceQueue<>();
        List<PhantomReference<Object>> references = new ArrayList<>();
        VirtualTime time = new VirtualTime();
        Batcher<Object> batcher = style.install(
                        time.applyTo(Batcher.builder("garbage")), time, (Batch<Object> batch) -> {})
                .build();
        for (int i = 0; i < 20; i++) {
            Object item = new Object();
            references.add(new PhantomReference<>(item, collected));
            batcher.add(item);
        }
        List<CompletableFuture<Void>> futures = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Object item = new Object();
            references.add(new PhantomReference<>(item, collected));
            futures.add(batcher.submit(item));
        }
        time.advance(Duration.ofMillis(500));
        assertThat(futures).allMatch(CompletableFuture::isDone);
        assertAllCollected(references, collected);
        assertThat(batcher.stats().handled()).isEqualTo(40);
        batcher.close();
    }

    @Test
    void itemsGivenUpAndDroppedAreGarbage() throws InterruptedException {
        ReferenceQueue<Object> collected = new ReferenceQueue<>();
        List<PhantomReference<Object>> references = new ArrayList<>();
        VirtualTime time = new VirtualTime();
        Batcher<Object> batcher = time.applyTo(Batcher.builder("garbage"))
                .capacity(5)
                .overflow(Overflow.DROP_OLDEST)
                .retry(RetryPolicy.builder().maxAttempts(1).build())
                .onDrop(item -> {})
                .onError(failure -> {})
                .onDeadLetter(letter -> {})
                .handler(batch -> {
                    throw new IllegalStateException("no");
                })
                .build();
        batcher.pause();
        for (int i = 0; i < 10; i++) {
            Object item = new Object();
            references.add(new PhantomReference<>(item, collected));
            batcher.add(item);
        }
        batcher.resume();
        time.advance(Duration.ofMillis(500));
        assertThat(batcher.stats().depth()).isZero();
        assertAllCollected(references, collected);
        batcher.close();
    }

    /** Runs a bounded number of collections until every reference is enqueued. */
    private static void assertAllCollected(List<PhantomReference<Object>> references, ReferenceQueue<Object> collected)
            throws InterruptedException {
        int found = 0;
        for (int tries = 0; tries < 100 && found < references.size(); tries++) {
            System.gc();
            while (collected.remove(50) != null) {
                found++;
            }
        }
        assertThat(found).isEqualTo(references.size());
    }
}
