/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/**
 * A batcher of strings on virtual time, and everything that its handler and callbacks saw. At each of those events, and at the end,
 * the batcher's counters have to add up. Used by one thread.
 */
final class Rig implements AutoCloseable {

    final VirtualTime time = new VirtualTime();

    /** Every call of the handler, failed ones included. */
    final List<Batch<String>> calls = new ArrayList<>();

    /** The items of the calls that succeeded, in order. */
    final List<String> handled = new ArrayList<>();

    final List<BatchFailure<String>> failures = new ArrayList<>();
    final List<DeadLetter<String>> letters = new ArrayList<>();
    final List<String> dropped = new ArrayList<>();

    /**
     * All of these in the order in which they happened, each with the millisecond: {@code 500 INTERVAL 1 [a, b]} is a call, its reason
     * and attempt; then there are {@code 500 failed [a, b] why, again in 500}, {@code 500 failed [a, b] why, given up},
     * {@code 500 dead [a, b] why, attempts 1} and {@code 500 dropped a}.
     */
    final List<String> log = new ArrayList<>();

    /** What the next calls do, one behaviour a call; when there is none left they succeed. */
    final Queue<BatchConsumer<String>> script = new ArrayDeque<>();

    /** The stages that the handler made {@link #byHand} has returned and the test has not completed. */
    final ArrayDeque<CompletableFuture<Void>> stages = new ArrayDeque<>();

    final Batcher<String> batcher;

    private final List<BatcherStats> unbalanced = new ArrayList<>();

    Rig(HandlerKind kind) {
        this(kind, builder -> builder);
    }

    Rig(HandlerKind kind, UnaryOperator<BatcherBuilder<String>> options) {
        BatcherBuilder<String> builder = prepare();
        this.batcher = options.apply(kind.install(builder, time, this::handle)).build();
    }

    private Rig(boolean byHand, UnaryOperator<BatcherBuilder<String>> options) {
        BatcherBuilder<String> builder = prepare();
        if (byHand) {
            builder.asyncHandler(this::begin);
        }
        this.batcher = options.apply(builder).build();
    }

    /** One whose asynchronous handler's stages end when the test says so: {@link #succeed} and {@link #failStage}. */
    static Rig byHand() {
        return byHand(builder -> builder);
    }

    static Rig byHand(UnaryOperator<BatcherBuilder<String>> options) {
        return new Rig(true, options);
    }

    /** One that has no handler unless the options give it one. */
    static Rig bare(UnaryOperator<BatcherBuilder<String>> options) {
        return new Rig(false, options);
    }

    private BatcherBuilder<String> prepare() {
        return time.applyTo(Batcher.<String>builder("rig"))
                .onError(this::failed)
                .onDeadLetter(this::dead)
                .onDrop(this::dropped)
                .listener(new Balance());
    }

    /** The body of the handler. */
    void handle(Batch<String> batch) throws Exception {
        called(batch);
        BatchConsumer<String> behaviour = script.poll();
        if (behaviour != null) {
            behaviour.accept(batch);
        }
        handled.addAll(batch);
    }

    private CompletableFuture<Void> begin(Batch<String> batch) {
        called(batch);
        CompletableFuture<Void> stage = new CompletableFuture<>();
        stages.add(stage);
        stage.thenRun(() -> handled.addAll(batch));
        return stage;
    }

    private void called(Batch<String> batch) {
        calls.add(batch);
        record(batch.reason() + " " + batch.attempt() + " " + batch);
    }

    private void failed(BatchFailure<String> failure) {
        failures.add(failure);
        record("failed " + failure.batch() + " " + failure.cause().getMessage()
                + failure.retryIn()
                        .map(delay -> ", again in " + delay.toMillis())
                        .orElse(", given up"));
    }

    private void dead(DeadLetter<String> letter) {
        letters.add(letter);
        record("dead " + letter.items() + " " + letter.cause().getMessage() + ", attempts " + letter.attempts());
    }

    private void dropped(String item) {
        dropped.add(item);
        record("dropped " + item);
    }

    /** Puts an event into the log. */
    void record(String event) {
        log.add(millis() + " " + event);
        balance();
    }

    long millis() {
        return time.nanoTime() / 1_000_000;
    }

    /** Ends the oldest stage with success. */
    Rig succeed() {
        stages.remove().complete(null);
        return runReady();
    }

    /** Ends the oldest stage with a failure. */
    Rig failStage(String message) {
        stages.remove().completeExceptionally(new IllegalStateException(message));
        return runReady();
    }

    Rig add(String... items) {
        for (String item : items) {
            batcher.add(item);
        }
        return this;
    }

    /** The next call fails with this. */
    Rig failWith(Throwable cause) {
        script.add(batch -> Rig.<RuntimeException>rethrow(cause));
        return this;
    }

    /** The next calls fail, with the messages "failure 1", "failure 2" and so on. */
    Rig fail(int times) {
        for (int i = 0; i < times; i++) {
            failWith(new IllegalStateException("failure " + (i + 1)));
        }
        return this;
    }

    Rig advanceMillis(long millis) {
        time.advance(Duration.ofMillis(millis));
        return this;
    }

    /** Runs what can run without any time passing. */
    Rig runReady() {
        time.advance(Duration.ZERO);
        return this;
    }

    BatcherStats stats() {
        balance();
        return batcher.stats();
    }

    /** The items of each call. */
    List<List<String>> batches() {
        return calls.stream()
                .map(batch -> (List<String>) new ArrayList<>(batch))
                .toList();
    }

    private void balance() {
        if (batcher == null) {
            return;
        }
        BatcherStats stats = batcher.stats();
        long accounted = stats.handled() + stats.deadLettered() + stats.dropped() + stats.handedBack() + stats.depth();
        if (stats.accepted() != accounted || stats.depth() < stats.inFlight() || stats.depth() > stats.capacity()) {
            unbalanced.add(stats);
        }
    }

    @Override
    public void close() {
        batcher.close(Duration.ofSeconds(1));
        balance();
        assertThat(unbalanced).isEmpty();
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void rethrow(Throwable t) throws E {
        throw (E) t;
    }

    private final class Balance implements BatcherListener {
        @Override
        public void onBatchStarted(String batcher, Batch<?> batch) {
            balance();
        }

        @Override
        public void onBatchHandled(String batcher, Batch<?> batch, Duration took) {
            balance();
        }

        @Override
        public void onBatchFailed(BatchFailure<?> failure, Duration took) {
            balance();
        }

        @Override
        public void onDropped(String batcher, int items) {
            balance();
        }

        @Override
        public void onDeadLetter(DeadLetter<?> letter) {
            balance();
        }
    }
}
