/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.Batch;
import io.batcher.BatchFailure;
import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.BatcherFullException;
import io.batcher.BatcherListener;
import io.batcher.BatcherState;
import io.batcher.DeadLetter;
import io.batcher.Overflow;
import io.batcher.RetryPolicy;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import io.batcher.fixtures.CapturedLog;
import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * G11: from inside a handler or callback add works and never blocks; {@code flush()} returns a future; {@code close} throws; no engine
 * method blocks there; joining an engine future there is ended by {@code handlerTimeout}.
 */
class G11ReentrantTest {

    /** The places at which user code runs inside a batcher. */
    enum Inside {
        SYNC_HANDLER,
        ASYNC_HANDLER,
        ON_ERROR,
        ON_DEAD_LETTER,
        ON_DROP,
        ON_BATCH_STARTED,
        ON_BATCH_HANDLED,
        ON_BATCH_FAILED,
        ON_DROPPED,
        ON_DEAD_LETTER_OF_A_LISTENER,
        RETRY_ON
    }

    /** A batcher of capacity 3 that runs the action once, at the given place. */
    private static final class Everywhere implements BatcherListener {
        private final VirtualTime time = new VirtualTime();
        private final Inside place;
        private final Consumer<Batcher<String>> action;
        private final Batcher<String> batcher;
        private final List<Throwable> failures = new ArrayList<>();
        private boolean done;

        Everywhere(Inside place, Overflow policy, Consumer<Batcher<String>> action) {
            this.place = place;
            this.action = action;
            RetryPolicy retry = RetryPolicy.builder()
                    .maxAttempts(1)
                    .retryOn(cause -> {
                        at(Inside.RETRY_ON);
                        return true;
                    })
                    .build();
            BatcherBuilder<String> builder = time.applyTo(Batcher.<String>builder("everywhere"))
                    .capacity(3)
                    .maxBatchSize(3)
                    .overflow(policy)
                    .retry(place == Inside.RETRY_ON ? withoutMaximum(retry) : retry)
                    .onError(failure -> at(Inside.ON_ERROR))
                    .onDeadLetter(letter -> at(Inside.ON_DEAD_LETTER))
                    .onDrop(item -> at(Inside.ON_DROP))
                    .listener(this);
            if (place == Inside.ASYNC_HANDLER) {
                builder.asyncHandler(batch -> {
                    at(Inside.ASYNC_HANDLER);
                    return CompletableFuture.completedStage(null);
                });
            } else {
                builder.handler(batch -> {
                    at(Inside.SYNC_HANDLER);
                    if (batch.contains("bad") && !(place == Inside.RETRY_ON && done)) {
                        throw new IllegalStateException("bad");
                    }
                });
            }
            batcher = builder.build();
        }

        private static RetryPolicy withoutMaximum(RetryPolicy policy) {
            return RetryPolicy.builder().retryOn(policy.retryOn()).build();
        }

        private void at(Inside here) {
            if (here == place && !done) {
                done = true;
                try {
                    action.accept(batcher);
                } catch (Throwable failure) {
                    failures.add(failure); // thrown from a callback it would be logged and ignored
                }
            }
        }

        /** Causes a success, a failure, and a drop if the place needs one. */
        void run() {
            batcher.add("good");
            time.advance(Duration.ofMillis(500));
            if (place == Inside.ON_DROP || place == Inside.ON_DROPPED) {
                batcher.pause();
                batcher.addMany(List.of("1", "2", "3"));
                batcher.add("dropped");
                batcher.resume();
            }
            batcher.add("bad");
            time.advance(Duration.ofMillis(5_000));
            assertThat(done).as("%s was reached", place).isTrue();
            assertThat(failures).isEmpty();
        }

        @Override
        public void onBatchStarted(String name, Batch<?> batch) {
            at(Inside.ON_BATCH_STARTED);
        }

        @Override
        public void onBatchHandled(String name, Batch<?> batch, Duration took) {
            at(Inside.ON_BATCH_HANDLED);
        }

        @Override
        public void onBatchFailed(BatchFailure<?> failure, Duration took) {
            at(Inside.ON_BATCH_FAILED);
        }

        @Override
        public void onDropped(String name, int items) {
            at(Inside.ON_DROPPED);
        }

        @Override
        public void onDeadLetter(DeadLetter<?> letter) {
            at(Inside.ON_DEAD_LETTER_OF_A_LISTENER);
        }
    }

    private static Overflow policyFor(Inside place) {
        return place == Inside.ON_DROP || place == Inside.ON_DROPPED ? Overflow.DROP_OLDEST : Overflow.BLOCK;
    }

    @ParameterizedTest
    @EnumSource
    void closeThrowsInsideAHandlerOrCallback(Inside place) {
        List<Throwable> thrown = new ArrayList<>();
        Everywhere everywhere = new Everywhere(place, policyFor(place), batcher -> {
            thrown.add(thrownBy(batcher::close));
            thrown.add(thrownBy(() -> batcher.close(Duration.ZERO)));
        });
        everywhere.run();
        assertThat(thrown)
                .hasSize(2)
                .allMatch(IllegalStateException.class::isInstance)
                .allMatch(t -> t.getMessage()
                        .equals("batcher \"everywhere\" cannot be closed from inside its own handler or callback: "
                                + "close would wait for it to return"));
        assertThat(everywhere.batcher.stats().state()).isEqualTo(BatcherState.RUNNING);
        everywhere.batcher.close();
    }

    @ParameterizedTest
    @EnumSource
    void everyOtherMethodWorksInsideWithoutBlocking(Inside place) {
        CompletableFuture<?>[] futures = new CompletableFuture<?>[3];
        Everywhere[] it = new Everywhere[1];
        it[0] = new Everywhere(place, policyFor(place), batcher -> {
            long before = it[0].time.nanoTime();
            batcher.offer("x");
            futures[0] = batcher.submit("y");
            futures[1] = batcher.flush();
            futures[2] = batcher.drain();
            for (int i = 0; i < 5; i++) {
                thrownBy(() -> batcher.add("z"));
                thrownBy(() -> batcher.addMany(List.of("1", "2")));
            }
            batcher.stopAutoFlush();
            batcher.startAutoFlush();
            batcher.pause();
            batcher.resume();
            assertThat(batcher.name()).isEqualTo("everywhere");
            assertThat(batcher.stats().depth()).isLessThanOrEqualTo(3);
            assertThat(batcher.toString()).contains("everywhere");
            thrownBy(() -> batcher.registerHandler(other -> {}));
            assertThat(it[0].time.nanoTime()).isEqualTo(before);
        });
        it[0].run();
        assertThat(futures).allMatch(CompletableFuture::isDone);
        it[0].batcher.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"SYNC", "ASYNC_AT_ONCE"})
    void anAddInsideAHandlerIsRejectedAtOnceWhenTheBufferIsFull(CallStyle style) {
        try (BatcherFixture rig =
                new BatcherFixture(style, builder -> builder.capacity(2).overflow(Overflow.BLOCK))) {
            rig.script.add(batch -> {
                assertThatThrownBy(() -> rig.add("c")).isInstanceOf(BatcherFullException.class);
                assertThat(rig.batcher.offer("c")).isFalse();
                assertThat(rig.batcher.submit("c")).isCompletedExceptionally();
                rig.record("rejected " + rig.batcher.stats().rejected());
            });
            rig.add("a", "b").runReady();
            assertThat(rig.log).containsExactly("0 SIZE 1 [a, b]", "0 rejected 3");
        }
    }

    @Test
    void addAndCloseOfAnotherBatcherMayBlockInsideAHandler() {
        try (BatcherFixture outer = new BatcherFixture(CallStyle.SYNC)) {
            BatcherFixture inner = new BatcherFixture(
                    CallStyle.SYNC, builder -> builder.capacity(1).overflow(Overflow.BLOCK));
            outer.script.add(batch -> {
                inner.add("a", "b");
                inner.close();
            });
            outer.add("x").advanceMillis(500);
            assertThat(outer.failures).isEmpty();
            assertThat(inner.handled).containsExactly("a", "b");
        }
    }

    @Test
    void anAddInsideOnDropDoesNotDropItemsForever() {
        BatcherFixture[] it = new BatcherFixture[1];
        List<String> seen = new ArrayList<>();
        try (CapturedLog quiet = new CapturedLog();
                BatcherFixture rig = new BatcherFixture(
                        CallStyle.SYNC,
                        builder -> builder.capacity(1)
                                .overflow(Overflow.DROP_OLDEST)
                                .onDrop(item -> {
                                    seen.add(item);
                                    it[0].add(item + "!");
                                }))) {
            it[0] = rig;
            rig.batcher.pause();
            rig.add("a", "b");
            assertThat(seen).containsExactly("a");
            assertThat(rig.stats().depth()).isEqualTo(1);
        }
    }

    private static Throwable thrownBy(Runnable call) {
        try {
            call.run();
            return null;
        } catch (Throwable t) {
            return t;
        }
    }
}
