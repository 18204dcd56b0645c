/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.BatcherStats;
import io.batcher.PartialBatchException;
import io.batcher.RetryAfterException;
import io.batcher.RetryPolicy;
import io.batcher.internal.buffer.AddRequest;
import io.batcher.internal.buffer.ItemBuffer;
import io.batcher.internal.delivery.Attempt;
import io.batcher.internal.delivery.FrozenBatch;
import io.batcher.internal.delivery.RetryVerdict;
import io.batcher.internal.lanes.OneLane;
import io.batcher.internal.threads.CallScope;
import io.batcher.internal.threads.LoopSignals;
import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * G12: the transitions of a close that continues without a call that waits for it. Each test plays the threads one after the other, in an
 * order that they have rarely, or only at the exit of the JVM.
 */
class CloseWithoutCallTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long DEADLINE = 60 * SECOND;
    private static final IllegalStateException BAD = new IllegalStateException("bad");

    private final VirtualTime time = new VirtualTime();
    private final LoopSignals signals = new LoopSignals(1);
    private final BatcherBuilder<String> builder = Batcher.<String>builder("closing")
            .clock(time)
            .maxBatchSize(1)
            .onDeadLetter(letter -> {})
            .asyncHandler(batch -> new CompletableFuture<>());
    private RetryPolicy policy = RetryPolicy.builder().build();
    private FlushMachine<String> machine;
    private long run;
    private CallScope call;

    /** Creates the machine and adds items that are due. */
    private void start(String... items) {
        builder.retry(policy);
        ItemBuffer<String> buffer = new ItemBuffer<>(builder.config());
        buffer.append(new AddRequest<>(List.of(items), null, null), 0);
        machine = new FlushMachine<>(builder.config(), new OneLane<>(buffer), signals);
    }

    /** Begins a run, and the first call in it. */
    private LoopAction<String> begin(long now) {
        Decision decision = new Decision();
        machine.loop().wake(now, decision);
        assertThat(decision.loopToStart()).as("a run is started").isPositive();
        run = decision.loopToStart();
        try (CallScope scope = CallScope.enter(machine)) {
            call = scope;
            return machine.loop().begin(run, false, now).orElseThrow();
        }
    }

    /** Continues the run, which becomes idle unless something is due. */
    private Optional<LoopAction<String>> proceed(long now) {
        return machine.loop().proceed(run, false, now);
    }

    private Attempt<String> attempt(LoopAction<String> action) {
        LoopAction.Deliver<String> deliver = (LoopAction.Deliver<String>) action;
        return new Attempt<>(deliver.batch(), deliver.handler(), deliver.attemptNumber(), null, time, () -> {});
    }

    private RetryVerdict verdict(Throwable cause) {
        return RetryVerdict.of(cause, 1, 1, policy, any -> true);
    }

    private void close() {
        assertThat(machine.beginClose(DEADLINE, 0, new Decision())).isTrue();
    }

    private List<List<String>> handedBack() {
        return machine.endClose(0, new Decision()).stream()
                .map(FrozenBatch::itemList)
                .toList();
    }

    @Test
    void whatACallThatNeverReturnsHasIsInFlightUntilItIsHandedBack() {
        start("a", "b");
        CompletableFuture<Void> flush = machine.flush(Caller.OUTSIDE, 0, new Decision());
        begin(0);
        close();
        machine.outcomes().setAside(call, true, 0);
        Attempt<String> behind = attempt(begin(SECOND));
        BatcherStats both = machine.stats(SECOND);
        assertThat(both.inFlight()).isEqualTo(2);
        assertThat(both.oldestAge()).isEqualTo(Duration.ofSeconds(1));

        Decision handled = new Decision();
        assertThat(machine.outcomes().end(behind)).isTrue();
        machine.outcomes().succeeded(behind, SECOND, handled);
        handled.carryOut();
        assertThat(flush).isNotDone();
        assertThat(machine.stats(SECOND).inFlight()).isEqualTo(1);
        assertThat(handedBack()).containsExactly(List.of("a"));
        assertThat(machine.stats(SECOND).inFlight()).isZero();
        assertThat(machine.stats(SECOND).oldestAge()).isZero();
    }

    @Test
    void aFlushSucceedsWhenTheCallThatCloseContinuesWithoutDoes() {
        start("a");
        CompletableFuture<Void> flush = machine.flush(Caller.OUTSIDE, 0, new Decision());
        Attempt<String> aside = attempt(begin(0));
        close();
        machine.outcomes().setAside(call, false, 0);
        Decision handled = new Decision();
        machine.outcomes().asideSucceeded(aside, 0, handled);
        handled.carryOut();
        assertThat(flush).isCompleted();
    }

    @Test
    void closeContinuesWithoutEachCallThatNeverReturns() {
        start("a", "b", "c", "d");
        Attempt<String> waits = attempt(begin(0));
        close();
        machine.outcomes().setAside(call, false, 0);
        begin(0);
        machine.outcomes().setAside(call, true, 0);
        begin(0);
        machine.outcomes().setAside(call, true, 0);
        begin(0);
        machine.outcomes().setAside(call, false, 0); // one call at a time is awaited after close
        assertThat(machine.outcomes().isAside(waits)).isTrue();
        assertThat(signals.isDrained()).isFalse();
        assertThat(handedBack()).containsExactly(List.of("b"), List.of("c"), List.of("d"));
    }

    @Test
    void aRestAfterACallForWhichCloseDoesNotWaitEndsTheDrain() {
        builder.pace(1, Duration.ofSeconds(30));
        start("a", "b");
        Attempt<String> aside = attempt(begin(0));
        assertThat(machine.outcomes().startCall(aside, 0)).isTrue();
        close();
        machine.outcomes().setAside(call, false, 0);
        assertThat(signals.isDrained()).as("b is due before the deadline").isFalse();
        RetryAfterException rest = new RetryAfterException(Duration.ofSeconds(61));
        assertThat(machine.outcomes().asideFailed(aside, verdict(rest), 0, new Decision()))
                .isEmpty();
        assertThat(signals.isDrained()).isTrue();
        assertThat(handedBack()).containsExactly(List.of("a"), List.of("b"));
    }

    @Test
    void noAttemptBeginsAfterTheDrain() {
        start("a");
        Attempt<String> aside = attempt(begin(0));
        close();
        machine.outcomes().setAside(call, false, 0);
        assertThat(signals.isDrained()).isTrue();
        machine.outcomes().asideFailed(aside, verdict(BAD), 0, new Decision()); // before the closing thread ends close
        Decision decision = new Decision();
        machine.loop().wake(0, decision);
        assertThat(decision.loopToStart()).isZero();
        assertThat(handedBack()).containsExactly(List.of("a"));
    }

    @Test
    void anAttemptThatWaitsForItsPermitIsNotSetAside() {
        builder.pace(1, Duration.ofSeconds(1));
        start("a");
        Attempt<String> held = attempt(begin(0));
        assertThat(machine.loop().limits().tryStartCall(0)).isTrue(); // the slot is taken while a listener runs
        assertThat(machine.outcomes().startCall(held, 0)).isFalse();
        close();
        machine.outcomes().setAside(call, false, 0);
        assertThat(proceed(0)).isEmpty();
        assertThat(begin(SECOND)).isEqualTo(new LoopAction.Call<>(held));
    }

    @Test
    void aCallForWhichCloseDoesNotWaitGivesUpAndDefersLikeAnyOther() {
        policy = RetryPolicy.builder().maxAttempts(1).build();
        builder.maxBatchSize(2);
        start("a", "b", "c");
        Attempt<String> aside = attempt(begin(0));
        close();
        machine.outcomes().setAside(call, false, 0);
        Attempt<String> behind = attempt(begin(0));
        RetryAfterException rest = new RetryAfterException(Duration.ofSeconds(1));
        PartialBatchException mixed = new PartialBatchException(Map.of(0, BAD, 1, rest));
        RetryVerdict verdict = RetryVerdict.of(mixed, 2, 1, policy, any -> true);
        assertThat(machine.outcomes().asideFailed(aside, verdict, 0, new Decision()))
                .isEmpty();
        assertThat(machine.outcomes().end(behind)).isTrue();
        machine.outcomes().succeeded(behind, 0, new Decision());
        LoopAction.GiveUp<String> next = (LoopAction.GiveUp<String>) proceed(0).orElseThrow();
        assertThat(next.letter().batch().itemList()).containsExactly("a");
        machine.outcomes().taken(next.letter(), 0, new Decision());
        assertThat(machine.endClose(0, new Decision())).singleElement().satisfies(deferred -> {
            assertThat(deferred.itemList()).containsExactly("b");
            assertThat(deferred.attempts()).isZero();
        });
    }
}
