/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@link CallTimeout}: the interrupt never outlives the call. */
class CallTimeoutTest {

    @AfterEach
    void noFlagIsLeft() {
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void aCallThatEndsInTimeIsNotInterruptedLater() {
        CallTimeout call = new CallTimeout();
        assertThat(call.end()).isFalse();
        call.fire();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void aCallThatIsLateIsInterruptedAndTheFlagIsGoneAfterwards() {
        CallTimeout call = new CallTimeout();
        call.fire();
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        assertThat(call.end()).isTrue();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void firingTwiceInterruptsOnce() {
        CallTimeout call = new CallTimeout();
        call.fire();
        assertThat(Thread.interrupted()).isTrue();
        call.fire();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(call.end()).isTrue();
    }

    @Test
    void whoeverComesFirstNoInterruptIsLeftBehind() throws Exception {
        for (int i = 0; i < 5_000; i++) {
            CallTimeout call = new CallTimeout();
            CompletableFuture<Void> fired = CompletableFuture.runAsync(call::fire);
            boolean late = call.end();
            boolean left = Thread.currentThread().isInterrupted();
            while (!fired.isDone()) {
                Thread.onSpinWait();
            }
            assertThat(left || Thread.currentThread().isInterrupted())
                    .as("late %s", late)
                    .isFalse();
            fired.get(10, TimeUnit.SECONDS);
        }
    }
}
