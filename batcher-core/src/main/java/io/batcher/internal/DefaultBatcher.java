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
import io.batcher.internal.buffer.AddRequest;
import io.batcher.internal.buffer.Chunk;
import io.batcher.internal.buffer.ItemBuffer;
import io.batcher.internal.delivery.Handler;
import io.batcher.internal.report.Callbacks;
import io.batcher.internal.report.Log;
import io.batcher.internal.report.PauseReports;
import io.batcher.internal.threads.CallScope;
import io.batcher.internal.threads.EngineFuture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * The door of the engine: each call of {@link Batcher} becomes a claim in the {@link ItemBuffer}, or a transition of the
 * {@link FlushMachine}.
 */
public final class DefaultBatcher<T> implements Batcher<T> {

    private static final String NO_NULLS = "item is null; a batcher takes no nulls";

    private final BatcherConfig<T> config;
    private final ItemBuffer<T> intake;
    private final FlushMachine<T> machine;
    private final PauseReports pauseReports;
    private final Engine<T> engine;
    private final Admission<T> admission;
    private final Shutdown<T> closing;

    /** Builds the batcher and starts it. */
    public DefaultBatcher(BatcherConfig<T> config) {
        Log log = new Log(config.name(), config.clock());
        Callbacks<T> callbacks = new Callbacks<>(config, log);
        this.pauseReports = new PauseReports(callbacks::paused, callbacks::resumed);
        this.config = config;
        this.intake = new ItemBuffer<>(config);
        this.machine = new FlushMachine<>(config, intake);
        this.engine = new Engine<>(config, machine, callbacks, log);
        this.admission = new Admission<>(config, intake, machine, engine, callbacks);
        this.closing = new Shutdown<>(config, machine, engine, callbacks, log);
    }

    @Override
    public String name() {
        return config.name();
    }

    // ---- items in

    @Override
    public void add(T item) {
        Objects.requireNonNull(item, NO_NULLS);
        long claim = intake.tryAdd(item, null);
        if (claim == Chunk.FAILED) {
            admission
                    .admit(new AddRequest<>(List.of(item), null, config.weigher()))
                    .throwIfRefused(config);
        } else if (Chunk.isLast(claim)) {
            engine.wake();
        }
    }

    @Override
    public void addMany(Collection<? extends T> items) {
        List<T> copy = copied(items);
        admission.admit(new AddRequest<>(copy, null, config.weigher())).throwIfRefused(config);
    }

    @Override
    public boolean offer(T item) {
        Objects.requireNonNull(item, NO_NULLS);
        long claim = intake.tryAdd(item, null);
        if (claim == Chunk.FAILED) {
            Admission.Result result = admission.admitAtOnce(new AddRequest<>(List.of(item), null, config.weigher()));
            if (result == Admission.Result.CLOSED) {
                result.throwIfRefused(config);
            }
            return result == Admission.Result.IN;
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
        long claim = intake.tryAdd(item, future);
        if (claim == Chunk.FAILED) {
            submitSlowly(item, future);
        } else if (Chunk.isLast(claim)) {
            engine.wake();
        }
        return future;
    }

    private void submitSlowly(T item, CompletableFuture<Void> future) {
        try {
            Admission.Result result = admission.admit(new AddRequest<>(List.of(item), future, config.weigher()));
            if (result != Admission.Result.IN) {
                future.completeExceptionally(result.refusal(config));
            }
        } catch (RuntimeException | Error fromWeigher) {
            future.completeExceptionally(fromWeigher);
        }
    }

    /** Copies once, by iteration, so that it does not matter what the collection says of its size or does meanwhile. */
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
        engine.update((now, decision) -> machine.register(handler));
    }

    // ---- delivery

    @Override
    public CompletableFuture<Void> flush() {
        return engine.change((now, decision) -> machine.flush(caller(), now, decision));
    }

    @Override
    public CompletableFuture<Void> drain() {
        return engine.change((now, decision) -> machine.drain(caller(), now, decision));
    }

    private Caller caller() {
        if (!CallScope.isInside(engine)) {
            return Caller.OUTSIDE;
        }
        return CallScope.isInside(machine)
                ? Caller.HANDLER
                : Caller.CALLBACK; // the flush loop enters both around the handler
    }

    @Override
    public void startAutoFlush() {
        engine.update((now, decision) -> machine.startTicks());
    }

    @Override
    public void stopAutoFlush() {
        engine.update((now, decision) -> machine.stopTicks());
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
        engine.update((now, decision) -> {
            if (machine.pause(on)) {
                pauseReports.changed(on);
                decision.report(pauseReports::report);
            }
        });
    }

    @Override
    public BatcherStats stats() {
        return engine.stats();
    }

    @Override
    public boolean awaitsCaller() {
        return engine.isAwaitedByCall();
    }

    // ---- close

    @Override
    public CloseResult<T> close(Duration timeout) {
        Objects.requireNonNull(timeout, "timeout");
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("timeout must not be negative, but was " + timeout);
        }
        return closing.close(timeout);
    }

    @Override
    public void close() {
        closing.closeAndReport();
    }

    /** Returns name, state and counts only, never items. */
    @Override
    public String toString() {
        BatcherStats stats = stats();
        return "Batcher[name=" + config.name() + ", state=" + stats.state() + ", depth=" + stats.depth() + "]";
    }
}
