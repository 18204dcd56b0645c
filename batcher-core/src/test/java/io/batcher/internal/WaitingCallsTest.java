/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.BatcherClock;
import io.batcher.BatcherConfig;
import io.batcher.Overflow;
import io.batcher.testing.VirtualTime;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** When calls that wait for room are let in: capacity 16, an eighth of which is 2; batches of one item. */
class WaitingCallsTest {

    private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

    private final Decision decision = new Decision();
    private Intake<String> intake = new Intake<>(config(BatcherClock.system()));
    private FlushMachine<String> machine = new FlushMachine<>(config(BatcherClock.system()), intake);
    private long now = -5 * MILLISECOND; // a clock's numbers may be negative

    private static BatcherConfig<String> config(BatcherClock clock) {
        return Batcher.<String>builder("waiting")
                .handler(batch -> {})
                .capacity(16)
                .maxBatchSize(1)
                .overflow(Overflow.BLOCK)
                .clock(clock)
                .config();
    }

    private static Addition<String> call() {
        return new Addition<>(List.of("item"), null, null);
    }

    private void fill() {
        while (intake.append(call(), now)) {}
    }

    private Addition<String> waiting() {
        Addition<String> call = call();
        assertThat(intake.append(call, now)).isFalse();
        intake.await(call);
        return call;
    }

    /** One batch is handled, whose room is made then. */
    private void deliverOne() {
        Step.Deliver<String> step =
                (Step.Deliver<String>) machine.next(false, now, decision).orElseThrow();
        Attempt<String> attempt =
                new Attempt<>(step.delivery(), step.handler(), step.serial(), null, BatcherClock.system(), () -> {});
        attempt.call();
        machine.succeeded(attempt, now, decision);
    }

    /** A call that is not let in although there is room. */
    private Addition<String> withheld() {
        fill();
        waiting();
        deliverOne();
        Addition<String> second = waiting();
        now += MILLISECOND - 1;
        deliverOne();
        assertOut(second);
        return second;
    }

    private static void assertIn(Addition<String> call) {
        assertThat(call.fate()).isEqualTo(Addition.Fate.PLACED);
    }

    private static void assertOut(Addition<String> call) {
        assertThat(call.fate()).isEqualTo(Addition.Fate.WAITING);
    }

    @Test
    void theFirstCallIsLetInAsSoonAsThereIsRoom() {
        fill();
        Addition<String> first = waiting();
        deliverOne();
        assertIn(first);
    }

    @Test
    void theRoomOfBatchesInQuickSuccessionIsCollected() {
        Addition<String> second = withheld();
        deliverOne();
        assertIn(second);
    }

    @Test
    void afterAMillisecondAnyRoomWillDo() {
        fill();
        waiting();
        deliverOne();
        Addition<String> second = waiting();
        now += MILLISECOND;
        deliverOne();
        assertIn(second);
    }

    @Test
    void aLoopThatRestsLetsInFirst() {
        Addition<String> second = withheld();
        machine.pause(true);
        assertThat(machine.next(false, now, decision)).isEmpty();
        assertIn(second);
        assertThat(intake.waiting()).isEqualTo(16);
    }

    @Test
    void noCallIsRefusedWhileThereIsRoom() {
        fill();
        waiting();
        deliverOne();
        Addition<String> second = waiting();
        Addition<String> third = waiting();
        deliverOne();
        machine.withdrawUnlessDecided(third, now, decision);
        assertIn(second);
        assertThat(third.fate()).isEqualTo(Addition.Fate.WAITING);
        assertThat(machine.totals().rejected).isEqualTo(1);
        deliverOne();
        assertOut(third); // it has gone
        assertThat(intake.waiting()).isEqualTo(15);
    }

    @Test
    void aCallWhoseTimeIsOverGetsInIfThereIsRoom() {
        Addition<String> second = withheld();
        machine.withdrawUnlessDecided(second, now, decision);
        assertIn(second);
        assertThat(machine.totals().rejected).isZero();
    }

    @Test
    void inVirtualTimeAnyRoomWillDo() {
        BatcherConfig<String> virtual = config(new VirtualTime());
        intake = new Intake<>(virtual);
        machine = new FlushMachine<>(virtual, intake);
        fill();
        for (int i = 0; i < 20; i++) {
            Addition<String> call = waiting();
            deliverOne();
            assertIn(call);
        }
    }
}
