/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@link CallTimeout}: the interrupt never outlives the call. */
class CallTimeoutTest {

    @AfterEach
    void noFlagIsLeft() {
        assertThat(Thread.interrupted()).isFalse();
    }

    private static CallTimeout begun() {
        CallTimeout call = new CallTimeout();
        call.begin();
        return call;
    }

    @Test
    void theThreadThatMakesTheCallIsInterruptedAndNotTheOneThatCreatedIt() throws Exception {
        CallTimeout call = new CallTimeout();
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            call.begin();
            call.fire();
            interrupted.complete(Thread.currentThread().isInterrupted());
            call.end();
        });
        caller.start();
        assertThat(interrupted.get(30, TimeUnit.SECONDS)).isTrue();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        caller.join();
    }

    @Test
    void aCallThatEndsInTimeIsNotInterruptedLater() {
        CallTimeout call = begun();
        assertThat(call.end()).isFalse();
        call.fire();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void aCallThatIsLateIsInterruptedAndTheFlagIsGoneAfterwards() {
        CallTimeout call = begun();
        call.fire();
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        assertThat(call.end()).isTrue();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void firingTwiceInterruptsOnce() {
        CallTimeout call = begun();
        call.fire();
        assertThat(Thread.interrupted()).isTrue();
        call.fire();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(call.end()).isTrue();
    }

    @Test
    void whoeverComesFirstNoInterruptIsLeftBehind() throws Exception {
        for (int i = 0; i < 500; i++) {
            CallTimeout call = begun();
            CompletableFuture<Void> fired = CompletableFuture.runAsync(call::fire);
            boolean late = call.end();
            boolean left = Thread.currentThread().isInterrupted();
            while (!fired.isDone()) {
                Thread.yield();
            }
            assertThat(left || Thread.currentThread().isInterrupted())
                    .as("late %s", late)
                    .isFalse();
            fired.get(10, TimeUnit.SECONDS);
        }
    }

    /** The thread's interrupt is on its way, and held up until the call has ended or clearly waits for it. */
    @Test
    void theEndOfTheCallWaitsForAnInterruptThatIsOnItsWay() throws Exception {
        CountDownLatch onItsWay = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        CountDownLatch delivered = new CountDownLatch(1);
        CompletableFuture<CallTimeout> call = new CompletableFuture<>();
        CompletableFuture<Boolean> left = new CompletableFuture<>();
        Thread caller = new Thread(() -> left.complete(endsOneCall(call, onItsWay, ended, delivered))) {
            @Override
            public void interrupt() {
                onItsWay.countDown();
                await(ended, 50); // in vain, because the end waits for us
                super.interrupt();
            }
        };
        caller.setDaemon(true);
        caller.start();
        call.get(10, TimeUnit.SECONDS).fire();
        delivered.countDown();
        assertThat(left.get(10, TimeUnit.SECONDS)).isFalse();
    }

    private static boolean endsOneCall(
            CompletableFuture<CallTimeout> announced,
            CountDownLatch onItsWay,
            CountDownLatch ended,
            CountDownLatch delivered) {
        CallTimeout call = begun();
        announced.complete(call);
        await(onItsWay, 10_000);
        assertThat(call.end()).isTrue();
        ended.countDown();
        while (delivered.getCount() > 0) {
            Thread.onSpinWait(); // not interruptible: the flag is what we look for
        }
        return Thread.currentThread().isInterrupted();
    }

    private static boolean await(CountDownLatch latch, long millis) {
        try {
            return latch.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
