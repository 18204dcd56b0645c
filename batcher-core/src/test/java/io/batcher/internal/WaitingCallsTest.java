/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.BatcherClock;
import io.batcher.BatcherConfig;
import io.batcher.Overflow;
import io.batcher.testing.VirtualTime;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
        return builder().handler(batch -> {}).clock(clock).config();
    }

    private static BatcherBuilder<String> builder() {
        return Batcher.<String>builder("waiting").capacity(16).maxBatchSize(1).overflow(Overflow.BLOCK);
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
        machine.succeeded(begun(), now, decision);
    }

    private Attempt<String> begun() {
        Step.Deliver<String> step =
                (Step.Deliver<String>) machine.next(false, now, decision).orElseThrow();
        Attempt<String> attempt =
                new Attempt<>(step.delivery(), step.handler(), step.serial(), null, BatcherClock.system(), () -> {});
        attempt.call();
        return attempt;
    }

    /** Returns the call that waits while there is room for one item. */
    private Addition<String> waitingWhileRoomIsCollected() {
        fill();
        waiting();
        deliverOne();
        Addition<String> second = waiting();
        deliverOne();
        assertOut(second);
        return second;
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
    void aLoopThatHasDiedLeavesNoRoomUnused() {
        machine.task().queue(decision);
        machine.task().begin(1);
        Addition<String> second = waitingWhileRoomIsCollected();
        machine.pause(true);
        machine.task().abandon(1);
        machine.wake(now, decision);
        assertIn(second);
    }

    @Test
    void aLoopThatLeavesABatchToItsStageLetsInFirst() {
        BatcherConfig<String> async =
                builder().asyncHandler(batch -> new CompletableFuture<>()).config();
        intake = new Intake<>(async);
        machine = new FlushMachine<>(async, intake);
        machine.task().queue(decision);
        machine.task().begin(1);
        Addition<String> second = waitingWhileRoomIsCollected();
        assertThat(machine.mayLeave(begun(), now, decision)).isTrue();
        assertIn(second);
    }

    /** A call that may not wait is refused for want of room only: those that wait get theirs, and then it gets what is left. */
    @Test
    void aCallThatMayNotWaitIsNotRefusedWhileThereIsRoom() {
        BatcherConfig<String> config =
                builder().handler(batch -> {}).capacity(32).executor(task -> {}).config();
        intake = new Intake<>(config);
        machine = new FlushMachine<>(config, intake);
        Log log = new Log(config.name(), config.clock());
        Callbacks<String> callbacks = new Callbacks<>(config, log);
        Engine<String> engine = new Engine<>(config, machine, callbacks, log);
        Admission<String> admission = new Admission<>(config, intake, machine, engine, callbacks);
        now = System.nanoTime() + TimeUnit.HOURS.toNanos(1); // so that no millisecond passes
        Addition<String> second = waitingWhileRoomIsCollected();
        deliverOne();
        assertOut(second);
        assertThat(admission.admitAtOnce(call())).isEqualTo(Admission.Result.IN);
        assertIn(second);
        assertThat(admission.admitAtOnce(call())).isEqualTo(Admission.Result.FULL);
        assertThat(machine.totals().rejected).isEqualTo(1);
        assertThat(intake.waiting()).isEqualTo(32);
    }

    /** More items than an array may have. */
    private Addition<String> tooLarge() {
        Addition<String> call = new Addition<>(Collections.nCopies(Integer.MAX_VALUE, "item"), null, null);
        assertThat(intake.append(call, now)).isFalse();
        intake.await(call);
        return call;
    }

    private BatcherConfig<String> unbounded() {
        BatcherConfig<String> config = builder()
                .handler(batch -> {})
                .capacity(Integer.MAX_VALUE)
                .maxBatchSize(Integer.MAX_VALUE)
                .eager(true)
                .executor(task -> {})
                .config();
        intake = new Intake<>(config);
        machine = new FlushMachine<>(config, intake);
        return config;
    }

    @Test
    void aCallForWhichThereIsNoMemoryIsWithdrawnWhenItsTimeIsOver() {
        unbounded();
        intake.append(call(), now);
        Addition<String> tooLarge = tooLarge();
        Addition<String> second = waiting();
        assertThatThrownBy(this::deliverOne).isInstanceOf(OutOfMemoryError.class);
        assertThatThrownBy(() -> machine.withdrawUnlessDecided(tooLarge, now, decision))
                .isInstanceOf(OutOfMemoryError.class);
        assertThat(machine.totals().rejected).isEqualTo(Integer.MAX_VALUE);
        machine.withdrawUnlessDecided(second, now, decision);
        assertIn(second);
        assertThat(intake.waiting()).isEqualTo(1);
    }

    @Test
    void whatWasHandledIsToldAlsoIfThereIsNoMemoryForACallThatWaits() {
        BatcherConfig<String> config = unbounded();
        Log log = new Log(config.name(), config.clock());
        Engine<String> engine = new Engine<>(config, machine, new Callbacks<>(config, log), log);
        CompletableFuture<Void> submitted = new CompletableFuture<>();
        intake.append(new Addition<>(List.of("item"), submitted, null), now);
        tooLarge();
        Attempt<String> attempt = begun();
        assertThatThrownBy(() -> engine.update((time, its) -> machine.succeeded(attempt, time, its)))
                .isInstanceOf(OutOfMemoryError.class);
        assertThat(machine.totals().handled).isEqualTo(1);
        assertThat(submitted).isCompleted();
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
