/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import io.batcher.AsyncBatchConsumer;
import io.batcher.BatchConsumer;
import io.batcher.Batcher;
import io.batcher.BatcherConfig;
import io.batcher.BatcherStats;
import io.batcher.CloseResult;
import io.batcher.internal.AdmitResult.Outcome;
import io.batcher.internal.buffer.AddRequest;
import io.batcher.internal.buffer.Chunk;
import io.batcher.internal.buffer.ItemBuffer;
import io.batcher.internal.delivery.Handler;
import io.batcher.internal.report.Callbacks;
import io.batcher.internal.report.Log;
import io.batcher.internal.report.PauseReports;
import io.batcher.internal.threads.EngineFuture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/** The batcher that users call: each call claims a slot of the {@link ItemBuffer}, or makes a transition through the {@link Engine}. */
public final class DefaultBatcher<T> implements Batcher<T> {

    private static final String NO_NULLS = "item is null; a batcher takes no nulls";

    private final BatcherConfig<T> config;
    private final ItemBuffer<T> buffer;
    private final PauseReports pauseReports;
    private final Engine<T> engine;
    private final Admission<T> admission;
    private final FlushLoop<T> loop;
    private final Shutdown<T> shutdown;

    /** Builds the batcher and starts it. */
    public DefaultBatcher(BatcherConfig<T> config) {
        Log log = new Log(config.name(), config.clock());
        Callbacks<T> callbacks = new Callbacks<>(config, log);
        this.pauseReports = new PauseReports(callbacks::paused, callbacks::resumed);
        this.config = config;
        this.buffer = new ItemBuffer<>(config);
        this.engine = new Engine<>(config, buffer, log);
        this.loop = new FlushLoop<>(config, engine, callbacks, log);
        LoopRunner<T> runner = new LoopRunner<>(config, engine, loop, log);
        engine.connect(runner);
        this.admission = new Admission<>(config, engine, callbacks);
        this.shutdown = new Shutdown<>(config, engine, runner, callbacks, log);
    }

    @Override
    public String name() {
        return config.name();
    }

    // ---- items in

    @Override
    public void add(T item) {
        Objects.requireNonNull(item, NO_NULLS);
        long claim = buffer.tryAdd(item, null);
        if (claim == Chunk.FAILED) {
            admission
                    .admit(new AddRequest<>(List.of(item), null, config.weigher()))
                    .throwIfRejected(config);
        } else if (Chunk.isLast(claim)) {
            engine.wake();
        }
    }

    @Override
    public void addMany(Collection<? extends T> items) {
        List<T> copy = copied(items);
        admission.admit(new AddRequest<>(copy, null, config.weigher())).throwIfRejected(config);
    }

    @Override
    public boolean offer(T item) {
        Objects.requireNonNull(item, NO_NULLS);
        long claim = buffer.tryAdd(item, null);
        if (claim == Chunk.FAILED) {
            Outcome outcome = admission.admitAtOnce(new AddRequest<>(List.of(item), null, config.weigher()));
            if (outcome == Outcome.CLOSED) {
                outcome.throwIfRejected(config);
            }
            return outcome == Outcome.ACCEPTED;
        }
        if (Chunk.isLast(claim)) {
            engine.wake();
        }
        return true;
    }

    @Override
    public CompletableFuture<Void> submit(T item) {
        Objects.requireNonNull(item, NO_NULLS);
        CompletableFuture<Void> future = new EngineFuture<>();
        long claim = buffer.tryAdd(item, future);
        if (claim == Chunk.FAILED) {
            submitSlowly(item, future);
        } else if (Chunk.isLast(claim)) {
            engine.wake();
        }
        return future;
    }

    private void submitSlowly(T item, CompletableFuture<Void> future) {
        try {
            Outcome outcome = admission.admit(new AddRequest<>(List.of(item), future, config.weigher()));
            if (outcome != Outcome.ACCEPTED) {
                future.completeExceptionally(outcome.refusal(config));
            }
        } catch (RuntimeException | Error fromWeigher) {
            future.completeExceptionally(fromWeigher);
        }
    }

    /** Copies once, by iteration: the collection may report a wrong size or change concurrently. */
    private List<T> copied(Collection<? extends T> items) {
        List<T> copy = new ArrayList<>();
        for (T item : Objects.requireNonNull(items, "items")) {
            if (item == null) {
                throw new NullPointerException("item " + copy.size() + " of the collection is null; nothing was added");
            }
            if (copy.size() == config.capacity()) {
                throw new IllegalArgumentException(
                        "addMany takes at most as many items as the capacity of batcher \"" + config.name() + "\", "
                                + config.capacity() + ", but the collection has more; nothing was added");
            }
            copy.add(item);
        }
        return copy;
    }

    // ---- handler

    @Override
    public void registerHandler(BatchConsumer<? super T> handler) {
        register(Handler.sync(Objects.requireNonNull(handler, "handler")));
    }

    @Override
    public void registerAsyncHandler(AsyncBatchConsumer<? super T> handler) {
        register(Handler.async(Objects.requireNonNull(handler, "handler")));
    }

    private void register(Handler<T> handler) {
        engine.update((machine, now, decision) -> machine.register(handler));
    }

    // ---- delivery

    @Override
    public CompletableFuture<Void> flush() {
        return engine.change((machine, now, decision) -> machine.flush(loop.caller(), now, decision));
    }

    @Override
    public CompletableFuture<Void> drain() {
        return engine.change((machine, now, decision) -> machine.drain(loop.caller(), now, decision));
    }

    @Override
    public void startAutoFlush() {
        engine.update((machine, now, decision) -> machine.startTicks());
    }

    @Override
    public void stopAutoFlush() {
        engine.update((machine, now, decision) -> machine.stopTicks());
    }

    @Override
    public void pause() {
        pause(true);
    }

    @Override
    public void resume() {
        pause(false);
    }

    private void pause(boolean on) {
        engine.update((machine, now, decision) -> {
            if (machine.pause(on)) {
                pauseReports.changed(on);
                decision.report(pauseReports::report);
            }
        });
    }

    @Override
    public BatcherStats stats() {
        long now = config.clock().nanoTime();
        return engine.read(machine -> machine.stats(now));
    }

    @Override
    public boolean awaitsCaller() {
        return shutdown.isAwaitedByCall();
    }

    // ---- close

    @Override
    public CloseResult<T> close(Duration timeout) {
        Objects.requireNonNull(timeout, "timeout");
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("timeout must not be negative, but was " + timeout);
        }
        return shutdown.close(timeout);
    }

    @Override
    public void close() {
        shutdown.closeAndReport();
    }

    /** Returns name, state and counts only, never items. */
    @Override
    public String toString() {
        BatcherStats stats = stats();
        return "Batcher[name=" + config.name() + ", state=" + stats.state() + ", depth=" + stats.depth() + "]";
    }
}
