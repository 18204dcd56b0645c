/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.BatcherConfig;
import io.batcher.FlushReason;
import io.batcher.Pace;
import io.batcher.RetryAfterException;
import io.batcher.internal.buffer.AddRequest;
import io.batcher.internal.buffer.ItemBuffer;
import io.batcher.internal.delivery.Attempt;
import io.batcher.internal.delivery.Handler;
import io.batcher.internal.delivery.PaceLimiter;
import io.batcher.internal.delivery.Throttle;
import io.batcher.internal.lanes.OneLane;
import io.batcher.internal.lanes.When;
import io.batcher.internal.threads.LoopSignals;
import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** {@link Throttle}: several rests, and an attempt that finds its slot gone. */
class ThrottleTest {

    private static final RetryAfterException FIRST = new RetryAfterException(Duration.ZERO);
    private static final RetryAfterException SECOND = new RetryAfterException(Duration.ZERO);

    private final BatcherConfig<String> config = new VirtualTime()
            .applyTo(Batcher.<String>builder("throttle"))
            .pace(1, Duration.ofNanos(100))
            .maxBatchSize(1)
            .handler(batch -> {})
            .config();

    @Test
    void ofSeveralRestsTheLatestEndHolds() {
        Throttle throttle = new Throttle(null);
        throttle.rest(FIRST, 50);
        throttle.rest(SECOND, 40);
        assertThat(throttle.notBefore()).isEqualTo(50);
        assertThat(throttle.restCause(49)).isSameAs(FIRST);
        throttle.rest(SECOND, 60);
        assertThat(throttle.restingFor(45)).isEqualTo(Duration.ofNanos(15));
        assertThat(throttle.restCause(59)).isSameAs(SECOND);
        assertThat(throttle.restCause(60)).isNull();
        assertThat(throttle.throttledCalls()).isEqualTo(3);
    }

    @Test
    void aRestThatIsOverIsForgottenWithItsCause() {
        Throttle throttle = new Throttle(null);
        throttle.rest(FIRST, 50);
        throttle.forgetEndedRest(49);
        assertThat(throttle.notBefore()).isEqualTo(50);
        throttle.forgetEndedRest(50);
        assertThat(throttle.notBefore()).isNull();
        throttle.rest(SECOND, 20); // an earlier end than that of a rest long ago
        assertThat(throttle.notBefore()).isEqualTo(20);
    }

    @Test
    void aRestTakesNoPermitOfThePace() {
        Throttle throttle = new Throttle(new PaceLimiter(Pace.of(1, Duration.ofNanos(100)), 0));
        throttle.rest(FIRST, 50);
        assertThat(throttle.tryStart(49)).isFalse();
        assertThat(throttle.tryStart(50)).isTrue();
        assertThat(throttle.tryStart(149)).isFalse();
        assertThat(throttle.notBefore()).isEqualTo(150);
    }

    @Test
    void aBatcherWithoutPaceHasNoneUntilItRests() {
        BatcherConfig<String> plain =
                Batcher.<String>builder("plain").handler(batch -> {}).config();
        CallLimits<String> limits = new CallLimits<>(plain);
        assertThat(limits.throttle()).isNull();
        assertThat(limits.tryStartCall(0)).isTrue();
        limits.rest(FIRST, 50);
        assertThat(limits.throttle()).isNotNull();
    }

    @Test
    void anAttemptWhosePermitIsGoneIsCalledLaterWithoutBeginningAgain() {
        ItemBuffer<String> buffer = new ItemBuffer<>(config);
        FlushMachine<String> machine = new FlushMachine<>(config, new OneLane<>(buffer), new LoopSignals(1));
        Decision decision = new Decision();
        assertThat(buffer.append(new AddRequest<>(List.of("item"), null, null), 0))
                .isTrue();
        machine.loop().wake(0, decision);
        LoopAction.Deliver<String> begun = (LoopAction.Deliver<String>)
                machine.loop().begin(decision.loopToStart(), false, 0).orElseThrow();
        assertThat(begun.batch().attempts()).isEqualTo(1);
        Handler<String> handler = Objects.requireNonNull(Handler.of(config));
        Attempt<String> attempt =
                new Attempt<>(begun.batch(), handler, begun.attemptNumber(), null, config.clock(), () -> {});
        assertThat(machine.loop().limits().tryStartCall(10))
                .as("another lane takes the slot")
                .isTrue();

        assertThat(machine.outcomes().startCall(attempt, 20)).isFalse();
        assertThat(machine.loop().proceed(decision.loopToStart(), false, 20)).isEqualTo(Optional.empty());
        assertThat(machine.loop().isIdle()).as("no thread").isTrue();
        assertThat(machine.loop().wake(20, new Decision())).isEqualTo(new When.At(110));

        Decision again = new Decision();
        machine.loop().wake(110, again);
        LoopAction<String> next =
                machine.loop().begin(again.loopToStart(), false, 110).orElseThrow();
        assertThat(next).isEqualTo(new LoopAction.Call<>(attempt));
        assertThat(machine.outcomes().startCall(attempt, 110)).isTrue();
        assertThat(begun.batch().attempts()).isEqualTo(1);
        assertThat(attempt.batch().reason()).isEqualTo(FlushReason.SIZE);
    }

    @Test
    void anAttemptThatWaitsForItsPermitIsHandedBackByClose() {
        ItemBuffer<String> buffer = new ItemBuffer<>(config);
        FlushMachine<String> machine = new FlushMachine<>(config, new OneLane<>(buffer), new LoopSignals(1));
        Decision decision = new Decision();
        assertThat(buffer.append(new AddRequest<>(List.of("item"), null, null), 0))
                .isTrue();
        machine.loop().wake(0, decision);
        LoopAction.Deliver<String> begun = (LoopAction.Deliver<String>)
                machine.loop().begin(decision.loopToStart(), false, 0).orElseThrow();
        Handler<String> handler = Objects.requireNonNull(Handler.of(config));
        Attempt<String> attempt =
                new Attempt<>(begun.batch(), handler, begun.attemptNumber(), null, config.clock(), () -> {});
        assertThat(machine.loop().limits().tryStartCall(10)).isTrue();
        assertThat(machine.outcomes().startCall(attempt, 20)).isFalse();
        machine.loop().proceed(decision.loopToStart(), false, 20);
        assertThat(machine.beginClose(50, 20, decision)).isTrue();
        assertThat(machine.endClose(60, decision)).containsExactly(begun.batch());
        assertThat(machine.stats(60).handedBack()).isEqualTo(1);
    }
}
