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
import io.batcher.internal.buffer.Claimed;
import io.batcher.internal.buffer.ItemBuffer;
import io.batcher.internal.delivery.Handler;
import io.batcher.internal.lanes.KeyedLanes;
import io.batcher.internal.lanes.Lane;
import io.batcher.internal.lanes.Lanes;
import io.batcher.internal.lanes.OneLane;
import io.batcher.internal.report.Callbacks;
import io.batcher.internal.report.Log;
import io.batcher.internal.report.PauseReports;
import io.batcher.internal.state.AdmitResult.Outcome;
import io.batcher.internal.state.Engine;
import io.batcher.internal.threads.EngineFuture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The batcher that users call: each call claims a slot of the {@link ItemBuffer}, or makes a transition through the {@link Engine}. */
public class DefaultBatcher<T> implements Batcher<T> {

    protected static final String NO_NULLS = "item is null; a batcher takes no nulls";

    private final BatcherConfig<T> config;
    private final Lanes<T> lanes;

    /** The buffer of all items; null with a key. */
    private final @Nullable ItemBuffer<T> buffer;

    private final PauseReports pauseReports;
    private final Engine<T> engine;
    private final Admission<T> admission;
    private final FlushLoop<T> loop;
    private final Shutdown<T> shutdown;

    /** Builds the batcher and starts it. */
    public DefaultBatcher(BatcherConfig<T> config) {
        this(Wiring.inMemory(
                config, config.key() == null ? new OneLane<>(new ItemBuffer<>(config)) : new KeyedLanes<>(config)));
    }

    protected DefaultBatcher(Wiring<T> wiring) {
        Log log = wiring.log();
        Callbacks<T> callbacks = wiring.callbacks();
        this.pauseReports = new PauseReports(callbacks::paused, callbacks::resumed);
        this.config = wiring.config();
        this.lanes = wiring.lanes();
        this.buffer = lanes.only();
        this.engine = wiring.engine();
        this.loop = new FlushLoop<>(config, engine, callbacks, log, wiring.store());
        LoopRunner<T> runner = new LoopRunner<>(config, engine, loop, log);
        engine.connect(runner);
        this.admission = new Admission<>(config, engine, callbacks);
        this.shutdown = new Shutdown<>(config, engine, runner, callbacks, log);
    }

    protected final BatcherConfig<T> config() {
        return config;
    }

    protected final Engine<T> engine() {
        return engine;
    }

    protected final Admission<T> admission() {
        return admission;
    }

    @Override
    public String name() {
        return config.name();
    }

    // ---- items in

    @Override
    public void add(T item) {
        Objects.requireNonNull(item, NO_NULLS);
        Object key = keyOf(item);
        if (!tryAdd(item, key, null)) {
            admission.admit(request(item, key)).throwIfRejected(config);
        }
    }

    @Override
    public void addMany(Collection<? extends T> items) {
        List<T> copy = copied(items);
        AddRequest<T> request = config.key() == null
                ? new AddRequest<>(copy, null, config.weigher())
                : new AddManySplitter<>(config, lanes).byLane(copy);
        admission.admit(request).throwIfRejected(config);
    }

    @Override
    public boolean offer(T item) {
        Objects.requireNonNull(item, NO_NULLS);
        Object key = keyOf(item);
        if (tryAdd(item, key, null)) {
            return true;
        }
        Outcome outcome = admission.admitAtOnce(request(item, key));
        if (outcome == Outcome.CLOSED) {
            outcome.throwIfRejected(config);
        }
        return outcome == Outcome.ACCEPTED;
    }

    @Override
    public CompletableFuture<Void> submit(T item) {
        Objects.requireNonNull(item, NO_NULLS);
        CompletableFuture<Void> future = new EngineFuture<>();
        try {
            Object key = keyOf(item);
            if (!tryAdd(item, key, future)) {
                submitSlowly(item, key, future);
            }
        } catch (RuntimeException | Error fromKeyOrWeigher) {
            future.completeExceptionally(fromKeyOrWeigher);
        }
        return future;
    }

    private void submitSlowly(T item, @Nullable Object key, CompletableFuture<Void> future) {
        Outcome outcome = admission.admit(new AddRequest<>(List.of(item), key, future, config.weigher()));
        if (outcome != Outcome.ACCEPTED) {
            future.completeExceptionally(outcome.refusal(config));
        }
    }

    private AddRequest<T> request(T item, @Nullable Object key) {
        return new AddRequest<>(List.of(item), key, null, config.weigher());
    }

    private @Nullable Object keyOf(T item) {
        Function<? super T, ?> keys = config.key();
        return keys == null ? null : keys.apply(item);
    }

    /** Claims a slot without the lock. Returns false if there is none: then the item needs a transition. */
    private boolean tryAdd(T item, @Nullable Object key, @Nullable CompletableFuture<Void> future) {
        if (buffer == null) {
            return tryAddToLane(item, key, future);
        }
        long claim = buffer.tryAdd(item, future);
        if (claim != Chunk.FAILED && Chunk.isLast(claim)) {
            engine.wake();
        }
        return claim != Chunk.FAILED;
    }

    private boolean tryAddToLane(T item, @Nullable Object key, @Nullable CompletableFuture<Void> future) {
        Lane<T> lane = lanes.claimable(key);
        if (lane == null) {
            return false;
        }
        Claimed claimed = lane.buffer().tryAddToShared(item, future);
        if (claimed == Claimed.END) {
            engine.update((machine, now, decision) -> machine.filled(lane, now));
        }
        return claimed != Claimed.NONE;
    }

    /** Copies once, by iteration: the collection may report a wrong size or change concurrently. */
    protected final List<T> copied(Collection<? extends T> items) {
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
        engine.update((machine, now, decision) -> machine.register(handler, now));
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
        engine.update((machine, now, decision) -> machine.startTicking(now));
    }

    @Override
    public void stopAutoFlush() {
        engine.update((machine, now, decision) -> machine.stopTicking(now));
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
        requireTimeout(timeout);
        return shutdown.close(timeout);
    }

    protected static void requireTimeout(Duration timeout) {
        Objects.requireNonNull(timeout, "timeout");
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("timeout must not be negative, but was " + timeout);
        }
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
