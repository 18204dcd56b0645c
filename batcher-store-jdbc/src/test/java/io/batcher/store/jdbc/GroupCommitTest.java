/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.store.fixtures.Waiting;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GroupCommitTest {

    private static final class Call extends GroupCommit.Call {
        private final int weight;

        Call(int weight) {
            this.weight = weight;
        }

        @Override
        int weight() {
            return weight;
        }
    }

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Integer> groups = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void stop() throws InterruptedException {
        threads.shutdownNow();
        assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aThreadAloneRunsItsOwnGroup() {
        Thread[] ran = new Thread[1];
        GroupCommit<Call> commits = new GroupCommit<>(10, group -> {
            ran[0] = Thread.currentThread();
            group.forEach(call -> call.complete(null));
        });
        Call call = new Call(1);

        commits.submit(call);

        assertThat(ran[0]).isSameAs(Thread.currentThread());
        assertThat(call.failure()).isNull();
    }

    @Test
    void callsThatComeDuringAGroupShareTheNext() throws Exception {
        CountDownLatch inFirst = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        GroupCommit<Call> commits = new GroupCommit<>(10, group -> {
            groups.add(group.size());
            if (groups.size() == 1) {
                inFirst.countDown();
                await(goOn);
            }
            group.forEach(call -> call.complete(null));
        });
        List<Future<?>> all = new ArrayList<>();
        all.add(threads.submit(() -> commits.submit(new Call(1))));
        assertThat(inFirst.await(10, TimeUnit.SECONDS)).isTrue();
        AtomicInteger entering = new AtomicInteger();
        for (int i = 0; i < 5; i++) {
            all.add(threads.submit(() -> {
                entering.incrementAndGet();
                commits.submit(new Call(1));
            }));
        }
        Waiting.until("the others have come", () -> entering.get() == 5 && commits.waiting() == 5);
        goOn.countDown();

        for (Future<?> each : all) {
            each.get(10, TimeUnit.SECONDS);
        }
        assertThat(groups).containsExactly(1, 5);
    }

    @Test
    void aGroupHasABoundedWeightAndAtLeastOneCall() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        GroupCommit<Call> commits = new GroupCommit<>(10, group -> {
            groups.add(group.stream().mapToInt(Call::weight).sum());
            await(goOn);
            group.forEach(call -> call.complete(null));
        });
        List<Future<?>> all = new ArrayList<>();
        for (int weight : new int[] {100, 6, 6, 6}) {
            all.add(threads.submit(() -> commits.submit(new Call(weight))));
            int expected = all.size() - 1;
            Waiting.until("the call has come", () -> !groups.isEmpty() && commits.waiting() == expected);
        }
        goOn.countDown();
        for (Future<?> each : all) {
            each.get(10, TimeUnit.SECONDS);
        }

        assertThat(groups).containsExactly(100, 6, 6, 6);
    }

    @Test
    void aRunnerThatThrowsFailsItsCallsAndTheNextGroupRuns() {
        AtomicInteger runs = new AtomicInteger();
        GroupCommit<Call> commits = new GroupCommit<>(10, group -> {
            if (runs.incrementAndGet() == 1) {
                throw new IllegalStateException("planned");
            }
            group.forEach(call -> call.complete(null));
        });
        Call first = new Call(1);
        Call second = new Call(1);

        commits.submit(first);
        commits.submit(second);

        assertThat(first.failure()).hasMessage("planned");
        assertThat(second.failure()).isNull();
    }

    @Test
    void aCallOfALeaderWhoseGroupThrowsIsNotLeftBehind() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        GroupCommit<Call> commits = new GroupCommit<>(1, group -> {
            if (runs.incrementAndGet() % 3 == 0) {
                throw new IllegalStateException("planned");
            }
            group.forEach(call -> call.complete(null));
        });
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            all.add(threads.submit(() -> {
                for (int j = 0; j < 2_000; j++) {
                    Call call = new Call(1);
                    commits.submit(call);
                    assertThat(call.isDone()).isTrue();
                }
            }));
        }
        for (Future<?> each : all) {
            each.get(30, TimeUnit.SECONDS);
        }
        assertThat(commits.waiting()).isZero();
    }

    @Test
    void anInterruptedThreadWaitsForItsCallAndStaysInterrupted() throws Exception {
        CountDownLatch inFirst = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        GroupCommit<Call> commits = new GroupCommit<>(10, group -> {
            inFirst.countDown();
            await(goOn);
            group.forEach(call -> call.complete(null));
        });
        Future<?> first = threads.submit(() -> commits.submit(new Call(1)));
        assertThat(inFirst.await(10, TimeUnit.SECONDS)).isTrue();
        Call call = new Call(1);
        Future<Boolean> second = threads.submit(() -> {
            Thread.currentThread().interrupt();
            commits.submit(call);
            return Thread.currentThread().isInterrupted();
        });
        Waiting.until("the second waits", () -> commits.waiting() == 1);
        assertThat(call.isDone()).isFalse();
        goOn.countDown();

        first.get(10, TimeUnit.SECONDS);
        assertThat(second.get(10, TimeUnit.SECONDS)).isTrue();
        assertThat(call.isDone()).isTrue();
    }

    @Test
    void everyCallOfManyThreadsRunsOnceAndInTheOrderOfItsThread() throws Exception {
        List<Call> ran = new ArrayList<>();
        AtomicInteger inside = new AtomicInteger();
        GroupCommit<Call> commits = new GroupCommit<>(50, group -> {
            assertThat(inside.incrementAndGet()).isOne();
            assertThat(group).isNotEmpty();
            ran.addAll(group);
            inside.decrementAndGet();
            group.forEach(call -> call.complete(null));
        });
        List<List<Call>> perThread = new ArrayList<>();
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            List<Call> own = new ArrayList<>();
            for (int j = 0; j < 500; j++) {
                own.add(new Call(1));
            }
            perThread.add(own);
            all.add(threads.submit(() -> own.forEach(commits::submit)));
        }
        for (Future<?> each : all) {
            each.get(30, TimeUnit.SECONDS);
        }

        assertThat(ran).hasSize(16 * 500).doesNotHaveDuplicates();
        for (List<Call> own : perThread) {
            assertThat(ran.stream().filter(own::contains).toList()).isEqualTo(own);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
