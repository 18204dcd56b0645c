/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.concurrent;

import io.batcher.Batch;
import io.batcher.PartialBatchException;
import io.batcher.testing.VirtualTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Ends each attempt as the next action says, succeeds if there is none, and reports to a model. */
final class ScriptedHandler {

    /** Receives the attempts, to compare them with a model. */
    interface Attempts {

        /** Records that an attempt begins. Returns why the model does not allow it; null if it does. */
        @Nullable String begin(Batch<String> batch, long now);

        /** Records that an attempt ends. The indexes are those of the items that failed. */
        void end(Batch<String> batch, List<Integer> failed, @Nullable Throwable cause, long now);
    }

    private final Attempts model;
    private final VirtualTime time;
    private final Runnable death;
    private final ArrayDeque<Action> script = new ArrayDeque<>();
    private final List<String> handled = new ArrayList<>();
    private @Nullable String breach;

    ScriptedHandler(Attempts model, VirtualTime time) {
        this(model, time, () -> {});
    }

    /** Creates a handler of a process that may die. */
    ScriptedHandler(Attempts model, VirtualTime time, Runnable death) {
        this.model = model;
        this.time = time;
        this.death = death;
    }

    void script(Action action) {
        script.add(action);
    }

    /** The items of the attempts that succeeded, in order. */
    List<String> handled() {
        return handled;
    }

    /** The first attempt that the model did not allow; null if none. */
    @Nullable String breach() {
        return breach;
    }

    void handle(Batch<String> batch) throws Exception {
        begin(batch);
        Exception failure = end(batch);
        if (failure != null) {
            throw failure;
        }
    }

    CompletableFuture<Void> handleAsync(Batch<String> batch) {
        begin(batch);
        CompletableFuture<Void> stage = new CompletableFuture<>();
        time.execute(() -> {
            Exception failure = end(batch);
            if (failure == null) {
                stage.complete(null);
            } else {
                stage.completeExceptionally(failure);
            }
        });
        return stage;
    }

    private long now() {
        return TimeUnit.NANOSECONDS.toMillis(time.nanoTime());
    }

    private void begin(Batch<String> batch) {
        String wrong = model.begin(batch, now());
        if (wrong != null && breach == null) {
            breach = batch + ", attempt " + batch.attempt() + ", " + batch.reason() + ": " + wrong;
        }
    }

    private @Nullable Exception end(Batch<String> batch) {
        Action behaviour = script.poll();
        Map<Integer, Exception> causes = new HashMap<>();
        if (behaviour != null
                && (behaviour.kind() == Action.Kind.DIE_BEFORE || behaviour.kind() == Action.Kind.DIE_AFTER)) {
            death.run();
        }
        for (int i = 0; i < batch.size() && behaviour != null; i++) {
            if (behaviour.kind() == Action.Kind.FAIL
                    || behaviour.kind() == Action.Kind.DIE_BEFORE
                    || behaviour.kind() == Action.Kind.FAIL_PARTLY && (behaviour.amount() >> i & 1) == 1) {
                causes.put(i, new IllegalStateException("item " + i));
            } else {
                handled.add(batch.get(i));
            }
        }
        if (behaviour == null) {
            handled.addAll(batch);
        }
        boolean all = causes.size() == batch.size();
        Exception failure =
                causes.isEmpty() ? null : all ? new IllegalStateException("all") : new PartialBatchException(causes);
        model.end(batch, causes.keySet().stream().sorted().toList(), failure, now());
        return failure;
    }
}
