/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.Batcher;
import io.batcher.BatcherClock;
import io.batcher.BatcherConfig;
import io.batcher.Overflow;
import io.batcher.internal.buffer.AddRequest;
import io.batcher.internal.buffer.ItemBuffer;
import io.batcher.internal.delivery.Attempt;
import io.batcher.internal.lanes.OneLane;
import io.batcher.internal.report.Log;
import io.batcher.internal.threads.LoopSignals;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Calls that wait for room when there is no memory to admit one of them: the others are not blocked by it. */
class WaitingCallsTest {

    private final BatcherConfig<String> config = Batcher.<String>builder("waiting")
            .handler(batch -> {})
            .capacity(Integer.MAX_VALUE)
            .maxBatchSize(Integer.MAX_VALUE)
            .overflow(Overflow.BLOCK)
            .eager(true)
            .executor(task -> {})
            .config();
    private final ItemBuffer<String> buffer = new ItemBuffer<>(config);
    private final FlushMachine<String> machine = new FlushMachine<>(config, new OneLane<>(buffer), new LoopSignals(1));
    private final Decision decision = new Decision();
    private final long now = 0;

    private void add(CompletableFuture<Void> future) {
        assertThat(buffer.append(new AddRequest<>(List.of("item"), future, null), now))
                .isTrue();
    }

    private AddRequest<String> waiting(List<String> items) {
        AddRequest<String> call = new AddRequest<>(items, null, null);
        assertThat(buffer.append(call, now)).isFalse();
        buffer.await(call);
        return call;
    }

    /** A call with more items than an array may have. */
    private AddRequest<String> tooLarge() {
        return waiting(Collections.nCopies(Integer.MAX_VALUE, "item"));
    }

    private Attempt<String> begun(FlushMachine<String> machine) {
        Decision started = new Decision();
        machine.loop().wake(now, started);
        LoopAction.Deliver<String> action = (LoopAction.Deliver<String>)
                machine.loop().begin(started.loopToStart(), false, now).orElseThrow();
        Attempt<String> attempt = new Attempt<>(
                action.batch(), action.handler(), action.attemptNumber(), null, BatcherClock.system(), () -> {});
        attempt.call();
        return attempt;
    }

    @Test
    void theCallIsWithdrawnAfterItsTimeoutAndTheNextIsAdmitted() {
        add(new CompletableFuture<>());
        AddRequest<String> tooLarge = tooLarge();
        AddRequest<String> second = waiting(List.of("second"));
        assertThatThrownBy(() -> machine.outcomes().succeeded(begun(machine), now, decision))
                .isInstanceOf(OutOfMemoryError.class);
        machine.withdrawUnlessDecided(tooLarge, now, decision);
        assertThat(machine.stats(now).rejected()).isEqualTo(Integer.MAX_VALUE);
        assertThat(second.outcome()).isEqualTo(AddRequest.Outcome.PLACED);
        assertThat(buffer.waiting()).isEqualTo(1);
    }

    @Test
    void theFutureOfAHandledItemCompletes() {
        Log log = new Log(config.name(), config.clock());
        Engine<String> engine = new Engine<>(config, new OneLane<>(buffer), log);
        engine.connect((runNumber, replacesLost) -> {});
        CompletableFuture<Void> submitted = new CompletableFuture<>();
        add(submitted);
        tooLarge();
        Attempt<String> attempt = engine.change((its, time, decided) -> begun(its));
        assertThatThrownBy(() ->
                        engine.update((its, time, decided) -> its.outcomes().succeeded(attempt, time, decided)))
                .isInstanceOf(OutOfMemoryError.class);
        assertThat(engine.read(its -> its.stats(now)).handled()).isEqualTo(1);
        assertThat(submitted).isCompleted();
    }
}
