/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.UnaryOperator;

/** A batcher of strings on virtual time, and everything that its handler and callbacks saw. Used by one thread. */
final class Rig implements AutoCloseable {

    final VirtualTime time = new VirtualTime();
    final HandlerKind kind;

    /** Every call of the handler, failed ones included. */
    final List<Batch<String>> calls = new ArrayList<>();

    /** The items of the calls that succeeded, in order. */
    final List<String> handled = new ArrayList<>();

    final List<BatchFailure<String>> failures = new ArrayList<>();
    final List<DeadLetter<String>> letters = new ArrayList<>();
    final List<String> dropped = new ArrayList<>();

    /** What the next calls do, one behaviour a call; when there is none left they succeed. */
    final Queue<BatchConsumer<String>> script = new ArrayDeque<>();

    final Batcher<String> batcher;

    Rig(HandlerKind kind) {
        this(kind, builder -> builder);
    }

    Rig(HandlerKind kind, UnaryOperator<BatcherBuilder<String>> options) {
        this.kind = kind;
        BatcherBuilder<String> builder = time.applyTo(Batcher.<String>builder("rig"))
                .onError(failures::add)
                .onDeadLetter(letters::add)
                .onDrop(dropped::add);
        this.batcher = options.apply(kind.install(builder, time, this::handle)).build();
    }

    private void handle(Batch<String> batch) throws Exception {
        calls.add(batch);
        BatchConsumer<String> behaviour = script.poll();
        if (behaviour != null) {
            behaviour.accept(batch);
        }
        handled.addAll(batch);
    }

    Rig add(String... items) {
        for (String item : items) {
            batcher.add(item);
        }
        return this;
    }

    /** The next call fails with this. */
    Rig failWith(Exception cause) {
        script.add(batch -> {
            throw cause;
        });
        return this;
    }

    /** The next calls fail. */
    Rig fail(int times) {
        for (int i = 0; i < times; i++) {
            failWith(new IllegalStateException("scripted failure " + (i + 1)));
        }
        return this;
    }

    Rig advanceMillis(long millis) {
        time.advance(Duration.ofMillis(millis));
        return this;
    }

    Rig runReady() {
        time.runReady();
        time.advance(Duration.ZERO);
        return this;
    }

    /** The items of each call. */
    List<List<String>> batches() {
        return calls.stream()
                .map(batch -> (List<String>) new ArrayList<>(batch))
                .toList();
    }

    @Override
    public void close() {
        batcher.close(Duration.ofSeconds(1));
    }
}
