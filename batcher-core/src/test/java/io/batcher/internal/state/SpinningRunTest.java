/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.internal.buffer.AddRequest;
import io.batcher.internal.delivery.Attempt;
import io.batcher.internal.lanes.KeyedLanes;
import io.batcher.internal.lanes.When;
import io.batcher.internal.threads.LoopSignals;
import io.batcher.internal.threads.Successor;
import io.batcher.testing.VirtualTime;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A run that spins before it goes idle, beside others: it takes what becomes due in any lane. Each test plays the threads one after the
 * other. Each item is a batch, each key a lane, and two calls may run at once.
 */
class SpinningRunTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final VirtualTime time = new VirtualTime();
    private final CompletableFuture<Void> stage = new CompletableFuture<>();
    private final LoopSignals signals = new LoopSignals(2);
    private final BatcherBuilder<String> builder = Batcher.<String>builder("spinning")
            .clock(time)
            .key(item -> item.charAt(0))
            .batchPerKey(true)
            .concurrency(2)
            .maxBatchSize(1)
            .asyncHandler(batch -> stage);
    private FlushMachine<String> machine;
    private long now;

    /** The run that the last transition has started; 0 if it has started none. */
    private long started;

    /** What the last transition has found out about the timer. */
    private When next = When.Never.NEVER;

    @BeforeEach
    void create() {
        machine = new FlushMachine<>(builder.config(), new KeyedLanes<>(builder.config()), signals);
    }

    /** Makes a transition as {@link Engine#change} does. */
    private <R> R change(BiFunction<FlushMachine<String>, Decision, R> transition) {
        Decision decision = new Decision();
        R result = transition.apply(machine, decision);
        next = machine.loop().wake(now, decision);
        started = decision.loopToStart();
        decision.carryOut();
        return result;
    }

    private boolean holds(BiFunction<FlushMachine<String>, Decision, Boolean> transition) {
        return change(transition);
    }

    private void wake() {
        change((machine, decision) -> true);
    }

    private void add(String item) {
        AdmitResult<String> admitted = change((machine, decision) -> machine.admit(
                new AddRequest<>(List.of(item), item.charAt(0), null, null), false, false, now, decision));
        assertThat(admitted.outcome()).isEqualTo(AdmitResult.Outcome.ACCEPTED);
    }

    private Optional<LoopAction<String>> begin(long run) {
        assertThat(run).as("the run that was started").isNotZero();
        return change((machine, decision) -> machine.loop().begin(run, true, now));
    }

    /** What a run does when it comes back from its action; while it may spin, as after full batches. */
    private Optional<LoopAction<String>> proceed(long run) {
        return change((machine, decision) -> machine.loop().proceed(run, true, now));
    }

    /** As {@link #proceed}, after it has spun in vain. */
    private Optional<LoopAction<String>> goOnWithoutSpinning(long run) {
        return change((machine, decision) -> machine.loop().proceed(run, false, now));
    }

    private Attempt<String> attempt(Optional<LoopAction<String>> action, String item) {
        assertThat(action).containsInstanceOf(LoopAction.Deliver.class);
        LoopAction.Deliver<String> deliver = (LoopAction.Deliver<String>) action.orElseThrow();
        assertThat(deliver.batch().itemList()).containsExactly(item);
        return attempt(deliver);
    }

    private Attempt<String> attempt(LoopAction.Deliver<String> deliver) {
        return new Attempt<>(deliver.batch(), deliver.handler(), deliver.attemptNumber(), null, time, () -> {});
    }

    private void succeed(Attempt<String> attempt) {
        boolean owns = change((machine, decision) -> {
            boolean inFlight = machine.outcomes().end(attempt);
            machine.outcomes().succeeded(attempt, now, decision);
            return inFlight;
        });
        assertThat(owns).isTrue();
    }

    private static void assertSpins(Optional<LoopAction<String>> action) {
        assertThat(action).containsInstanceOf(LoopAction.Spin.class);
    }

    /** Delivers one item, after which the run spins. */
    private long spinAfter(String item) {
        add(item);
        long run = started;
        succeed(attempt(begin(run), item));
        assertSpins(proceed(run));
        return run;
    }

    @Test
    void theRunThatSpinsTakesWhatBecomesDueInAnotherLane() {
        long run = spinAfter("a1");
        int seen = signals.spinEnds();
        add("b1");
        assertThat(started).as("a second run").isZero();
        assertThat(signals.spinEnds()).as("the spin ends").isNotEqualTo(seen);
        succeed(attempt(proceed(run), "b1"));
        assertThat(machine.stats(now).handled()).isEqualTo(2);
    }

    @Test
    void oneRunOfSeveralSpins() {
        add("a1");
        long one = started;
        add("b1");
        long other = started;
        Attempt<String> first = attempt(begin(one), "a1");
        Attempt<String> second = attempt(begin(other), "b1");
        succeed(first);
        assertSpins(proceed(one));
        succeed(second);
        assertThat(proceed(other)).as("goes idle").isEmpty();
        assertThat(goOnWithoutSpinning(one)).isEmpty();
        assertThat(machine.loop().isIdle()).isTrue();
    }

    @Test
    void theOtherLanesThatBecameDueGetARunWhenTheOneThatSpunHasTakenALane() {
        long run = spinAfter("a1");
        add("b1");
        add("c1");
        assertThat(started).isZero();
        Attempt<String> b = attempt(proceed(run), "b1");
        assertThat(started).as("the run for c").isNotZero().isNotEqualTo(run);
        succeed(attempt(begin(started), "c1"));
        succeed(b);
        assertThat(machine.stats(now).handled()).isEqualTo(3);
    }

    /** The add finds a run that spins, but that has looked for the last time and is about to go idle. */
    @Test
    void anAddBetweenTheLastLookOfTheSpinAndItsEnd() {
        long run = spinAfter("a1");
        add("b1");
        assertThat(started).isZero();
        succeed(attempt(goOnWithoutSpinning(run), "b1"));
        assertThat(machine.stats(now).depth()).isZero();
    }

    @Test
    void anAddAfterTheEndOfTheSpinStartsARun() {
        long run = spinAfter("a1");
        assertThat(goOnWithoutSpinning(run)).isEmpty();
        add("b1");
        assertThat(started).isNotZero();
    }

    /** Spinning is not worth a timer. The transition that ends it finds out when the next lane is due. */
    @Test
    void theTimerIsSetWhenTheSpinEnds() {
        builder.maxBatchSize(2);
        create();
        change((machine, decision) ->
                machine.admit(new AddRequest<>(List.of("a1", "a2"), 'a', null, null), false, false, now, decision));
        long run = started;
        LoopAction.Deliver<String> full =
                (LoopAction.Deliver<String>) begin(run).orElseThrow();
        succeed(attempt(full));
        assertSpins(proceed(run));
        add("b1");
        assertThat(next).isEqualTo(When.Never.NEVER);
        assertThat(goOnWithoutSpinning(run)).isEmpty();
        assertThat(next).isEqualTo(new When.At(builder.config().interval().toNanos()));
    }

    @Test
    void aStageThatEndsIsSettledByItsOwnRun() {
        add("a1");
        long waiting = started;
        Attempt<String> pending = attempt(begin(waiting), "a1");
        pending.call();
        assertThat(holds((machine, decision) -> machine.loop().detach(pending))).isTrue();
        long run = spinAfter("b1");
        stage.complete(null);
        wake();
        assertThat(started).as("the run of the stage").isNotZero().isNotEqualTo(run);
        assertThat(begin(started)).containsInstanceOf(LoopAction.Settle.class);
    }

    @Test
    void closeEndsTheSpinAndTheDrain() {
        long run = spinAfter("a1");
        int seen = signals.spinEnds();
        assertThat(holds((machine, decision) -> machine.beginClose(SECOND, now, decision)))
                .isTrue();
        assertThat(signals.spinEnds()).as("the spin ends").isNotEqualTo(seen);
        assertThat(signals.isDrained()).isFalse();
        assertThat(proceed(run)).as("does not spin again").isEmpty();
        assertThat(signals.isDrained()).isTrue();
    }

    @Test
    void closeWhileARunSpinsDeliversWhatIsLeft() {
        long run = spinAfter("a1");
        change((machine, decision) -> machine.pause(true));
        add("b1");
        add("c1");
        change((machine, decision) -> machine.beginClose(SECOND, now, decision));
        Attempt<String> b = attempt(proceed(run), "b1");
        succeed(attempt(begin(started), "c1"));
        succeed(b);
        assertThat(machine.stats(now).handled()).isEqualTo(3);
    }

    @Test
    void aPauseLetsTheRunGoIdleAndResumeStartsOne() {
        long run = spinAfter("a1");
        change((machine, decision) -> machine.pause(true));
        int seen = signals.spinEnds();
        add("b1");
        assertThat(signals.spinEnds()).as("nothing is due").isEqualTo(seen);
        assertThat(goOnWithoutSpinning(run)).isEmpty();
        change((machine, decision) -> machine.pause(false));
        attempt(begin(started), "b1");
    }

    @Test
    void resumeEndsTheSpin() {
        long run = spinAfter("a1");
        change((machine, decision) -> machine.pause(true));
        add("b1");
        int seen = signals.spinEnds();
        change((machine, decision) -> machine.pause(false));
        assertThat(started).isZero();
        assertThat(signals.spinEnds()).as("the spin ends").isNotEqualTo(seen);
        attempt(goOnWithoutSpinning(run), "b1");
    }

    @Test
    void aRunThatDiesWhileItSpinsDoesNotHoldUpOthers() {
        long run = spinAfter("a1");
        add("b1");
        assertThat(started).isZero();
        signals.abandon(run);
        wake();
        attempt(begin(started), "b1");
        assertThat(proceed(run)).as("the dead run").isEmpty();
    }

    /** The executor loses the task in which the run that spun continues. */
    @Test
    void aLostSuccessorOfARunThatSpunIsStartedAgainAndDoesNotHoldUpOthers() {
        long run = spinAfter("a1");
        add("b1");
        Successor successor = new Successor();
        assertThat(holds((machine, decision) -> machine.loop().handOver(run, successor, now)))
                .isTrue();
        successor.executorReturned();
        Attempt<String> b = attempt(begin(started), "b1"); // on another run
        succeed(b);
        now = 2 * SECOND;
        wake();
        assertThat(started).as("in place of the lost task").isNotZero();
    }

    @Test
    void aTaskThatIsLostWhileAnotherRunSpinsIsStartedAgain() {
        add("a1");
        long one = started;
        Attempt<String> a = attempt(begin(one), "a1");
        add("b1");
        long lost = started;
        assertThat(lost).isNotZero();
        succeed(a);
        succeed(attempt(proceed(one), "b1"));
        assertSpins(proceed(one));
        now = 2 * SECOND;
        wake();
        assertThat(started).as("in place of the lost task").isNotZero().isNotEqualTo(lost);
        assertThat(begin(started)).as("nothing is left for it").isEmpty();
    }

    /** After a rejection the executor is not asked for a while. A run that spins needs no thread. */
    @Test
    void aRejectedRunLeavesItsLaneToTheOneThatSpins() {
        add("a1");
        long one = started;
        Attempt<String> a = attempt(begin(one), "a1");
        add("b1");
        signals.executorThrew(started);
        wake();
        assertThat(started).isZero();
        succeed(a);
        succeed(attempt(proceed(one), "b1"));
        assertSpins(proceed(one));
        add("c1");
        assertThat(started).isZero();
        succeed(attempt(proceed(one), "c1"));
    }

    @Test
    void aRejectedSuccessorOfARunThatSpunIsReplacedAfterTheRefusal() {
        long run = spinAfter("a1");
        add("b1");
        Successor successor = new Successor();
        change((machine, decision) -> machine.loop().handOver(run, successor, now));
        succeed(attempt(begin(started), "b1"));
        assertThat(holds((machine, decision) -> machine.loop().refuseSuccessor(successor)))
                .isTrue();
        add("c1");
        now = SECOND;
        wake();
        attempt(begin(started), "c1");
    }
}
