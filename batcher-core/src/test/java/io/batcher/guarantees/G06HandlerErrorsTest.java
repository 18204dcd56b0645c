/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.AsyncBatchConsumer;
import io.batcher.BatcherClosedException;
import io.batcher.BatcherFullException;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import io.batcher.fixtures.CapturedLog;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * G6, the handler: whatever it does (checked or unchecked exception, {@code Error}, null stage, failed or cancelled stage, interrupt),
 * the batch is kept, {@code onError} is called and later batches are delivered.
 */
class G06HandlerErrorsTest {

    static Stream<Throwable> throwables() {
        return Stream.of(
                new Exception("checked"),
                new IOException("checked"),
                new RuntimeException("unchecked"),
                new InterruptedException("interrupted"),
                new CancellationException("cancelled"),
                new BatcherFullException("of the library"),
                new BatcherClosedException("of the library"),
                new AssertionError("error"),
                new StackOverflowError("error"),
                new LinkageError("error"),
                new NoClassDefFoundError("error"),
                new ExceptionInInitializerError("error"),
                new OutOfMemoryError("error"),
                new InternalError("error"),
                new VirtualMachineError("error") {});
    }

    static Stream<Arguments> throwablesOfEachKind() {
        return throwables().flatMap(t -> Stream.of(CallStyle.values()).map(style -> Arguments.of(style, t)));
    }

    @ParameterizedTest
    @MethodSource("throwablesOfEachKind")
    void theBatchIsKeptWhateverTheHandlerThrows(CallStyle style, Throwable thrown) {
        try (CapturedLog quiet = new CapturedLog();
                BatcherFixture rig = new BatcherFixture(style)) {
            rig.failWith(thrown).failWith(thrown).add("a", "b").advanceMillis(500);
            assertThat(rig.failures).hasSize(1);
            assertThat(rig.failures.get(0).cause()).isSameAs(thrown);
            assertThat(rig.stats().depth()).isEqualTo(2);
            assertThat(rig.stats().failedAttempts()).isEqualTo(1);

            rig.add("c").advanceMillis(1_000);
            assertThat(rig.batches())
                    .containsExactly(List.of("a", "b"), List.of("a", "b"), List.of("a", "b"), List.of("c"));
            assertThat(rig.handled).containsExactly("a", "b", "c");
            assertThat(rig.failures).hasSize(2);
        }
    }

    /** What an asynchronous handler can do wrong besides a stage that fails. */
    private static final class Misbehaviour {
        private final String name;
        private final AsyncBatchConsumer<String> handler;
        private final Class<? extends Throwable> cause;

        private Misbehaviour(String name, AsyncBatchConsumer<String> handler, Class<? extends Throwable> cause) {
            this.name = name;
            this.handler = handler;
            this.cause = cause;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Misbehaviour> misbehaviours() {
        CompletableFuture<Void> cancelled = new CompletableFuture<>();
        cancelled.cancel(true);
        return Stream.of(
                new Misbehaviour("null stage", batch -> null, IllegalStateException.class),
                new Misbehaviour("cancelled stage", batch -> cancelled, CancellationException.class),
                new Misbehaviour(
                        "stage that depends on a cancelled one",
                        batch -> cancelled.thenApply(x -> x),
                        CancellationException.class),
                new Misbehaviour(
                        "throws instead of returning",
                        batch -> {
                            throw new IOException("no");
                        },
                        IOException.class),
                new Misbehaviour(
                        "error instead of returning",
                        batch -> {
                            throw new AssertionError("no");
                        },
                        AssertionError.class),
                new Misbehaviour(
                        "wrapped failure",
                        batch -> CompletableFuture.runAsync(
                                () -> {
                                    throw new IllegalArgumentException("no");
                                },
                                Runnable::run),
                        IllegalArgumentException.class),
                new Misbehaviour(
                        "twice wrapped failure",
                        batch -> CompletableFuture.failedStage(
                                new CompletionException(new ExecutionException(new IOException("no")))),
                        IOException.class),
                new Misbehaviour(
                        "wrapper without a cause",
                        batch -> CompletableFuture.failedStage(new CompletionException("no", null)),
                        CompletionException.class),
                new Misbehaviour(
                        "stage that throws", batch -> new ThrowingStage(), UnsupportedOperationException.class));
    }

    @ParameterizedTest
    @MethodSource("misbehaviours")
    void theBatchIsKeptWhateverTheHandlerReturns(Misbehaviour misbehaviour) {
        boolean[] behaves = new boolean[1];
        try (BatcherFixture rig = BatcherFixture.bare(builder -> builder)) {
            rig.batcher.registerAsyncHandler(batch -> {
                if (!behaves[0]) {
                    return misbehaviour.handler.accept(batch);
                }
                rig.handle(batch);
                return CompletableFuture.completedStage(null);
            });
            rig.add("a", "b").advanceMillis(1_000);
            assertThat(rig.failures).hasSize(2).allMatch(failure -> misbehaviour.cause.isInstance(failure.cause()));
            assertThat(rig.stats().depth()).isEqualTo(2);

            behaves[0] = true;
            rig.add("c").advanceMillis(500);
            assertThat(rig.handled).containsExactly("a", "b", "c");
        }
    }

    @Test
    void theMessageForANullStageSaysWhatToDo() {
        try (BatcherFixture rig = BatcherFixture.bare(builder -> builder.asyncHandler(batch -> null))) {
            rig.add("a").advanceMillis(500);
            assertThat(rig.failures.get(0).cause())
                    .hasMessage(
                            "the asynchronous handler returned null; it must return a stage, a completed one if it is done");
        }
    }

    @Test
    void aStageCancelledLaterIsAFailure() {
        try (BatcherFixture rig = BatcherFixture.byHand()) {
            rig.add("a").advanceMillis(500);
            rig.stages.remove().cancel(true);
            rig.runReady();
            assertThat(rig.failures.get(0).cause()).isInstanceOf(CancellationException.class);
            rig.advanceMillis(500).succeed();
            assertThat(rig.handled).containsExactly("a");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SYNC", "ASYNC_AT_ONCE"})
    void anInterruptOfOneCallDoesNotReachTheNext(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.maxBatchSize(1))) {
            rig.script.add(batch -> Thread.currentThread().interrupt());
            rig.script.add(
                    batch -> rig.record("interrupted: " + Thread.currentThread().isInterrupted()));
            rig.add("a", "b").runReady();
            Thread.interrupted();
            rig.runReady();
            assertThat(rig.log).containsExactly("0 SIZE 1 [a]", "0 SIZE 1 [b]", "0 interrupted: false");
            assertThat(rig.handled).containsExactly("a", "b");
        } finally {
            Thread.interrupted();
        }
    }

    @ParameterizedTest
    @EnumSource
    void afterAnInterruptedCallTheNextItemIsDeliveredOnTime(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.script.add(batch -> {
                Thread.currentThread().interrupt();
                throw new InterruptedException("no");
            });
            rig.add("a").advanceMillis(500);
            Thread.interrupted();
            rig.runReady();
            rig.add("b").advanceMillis(500);
            assertThat(rig.handled).containsExactly("a", "b");
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    void aSecondHandlerIsRejectedWhileABatchFails() {
        try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC)) {
            rig.script.add(batch -> rig.batcher.registerHandler(other -> {}));
            rig.add("a").advanceMillis(500);
            assertThat(rig.failures.get(0).cause()).isInstanceOf(IllegalStateException.class);
            rig.advanceMillis(500);
            assertThat(rig.handled).containsExactly("a");
        }
    }

    /** A stage whose methods throw. */
    private static final class ThrowingStage extends CompletableFuture<Void> {
        @Override
        public CompletableFuture<Void> whenComplete(
                java.util.function.BiConsumer<? super Void, ? super Throwable> action) {
            throw new UnsupportedOperationException("whenComplete");
        }

        @Override
        public <U> CompletableFuture<U> handle(java.util.function.BiFunction<? super Void, Throwable, ? extends U> fn) {
            throw new UnsupportedOperationException("handle");
        }

        @Override
        public CompletableFuture<Void> toCompletableFuture() {
            throw new UnsupportedOperationException("toCompletableFuture");
        }
    }
}
