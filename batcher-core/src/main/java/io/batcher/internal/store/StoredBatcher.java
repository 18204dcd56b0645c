/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.store;

import io.batcher.AsyncBatchConsumer;
import io.batcher.BatcherConfig;
import io.batcher.BatcherState;
import io.batcher.BatcherStats;
import io.batcher.BatcherStoreException;
import io.batcher.CloseResult;
import io.batcher.internal.DefaultBatcher;
import io.batcher.internal.Wiring;
import io.batcher.internal.report.Refusals;
import io.batcher.internal.report.StoreLog;
import io.batcher.internal.state.AdmitResult.Outcome;
import io.batcher.internal.state.Engine;
import io.batcher.internal.threads.EngineFuture;
import io.batcher.store.DeadLetters;
import io.batcher.store.NewItem;
import io.batcher.store.StoreMark;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A batcher whose items are in a store. The engine is that of {@link DefaultBatcher}; its lanes are partitions of the store. */
public final class StoredBatcher<T> extends DefaultBatcher<T> {

    private final StoreParts<T> store;
    private final StoreIntake<T> intake;
    private final StorePoller<T> poller;
    private final StoreFlushes<T> flushes;
    private final ReentrantLock flushing = new ReentrantLock();

    private StoredBatcher(Wiring<T> wiring, StoreParts<T> store, StoreFlushes<T> flushes, PartitionEvents<T> events) {
        super(wiring);
        this.store = store;
        this.flushes = flushes;
        this.poller = new StorePoller<>(config(), engine(), store, flushes, wiring.log());
        this.intake = new StoreIntake<>(config(), engine(), admission(), wiring.callbacks(), store, poller);
        store.health().onFailure(poller::wake);
        events.connect(engine(), store.lanes(), () -> poller.wantCount(true));
    }

    /** Opens the store, builds the batcher and starts it. */
    public static <T> StoredBatcher<T> open(BatcherConfig<T> config) {
        Wiring.Reports<T> reports = Wiring.Reports.of(config);
        StoreLog log = new StoreLog(reports.log());
        PartitionEvents<T> events = new PartitionEvents<>(log);
        StoreParts<T> store = StoreParts.open(config, events, log);
        try {
            StoredBatcher<T> batcher = connected(config, reports, store, events);
            store.session().start();
            return batcher;
        } catch (RuntimeException | Error e) {
            store.session().close();
            throw e;
        }
    }

    private static <T> StoredBatcher<T> connected(
            BatcherConfig<T> config, Wiring.Reports<T> reports, StoreParts<T> store, PartitionEvents<T> events) {
        Engine<T> engine = new Engine<>(config, store.lanes(), reports.log());
        StoreFlushes<T> flushes = new StoreFlushes<>(engine, store);
        StoreDelivery<T> delivery = new StoreDelivery<>(config, engine, reports.callbacks(), store, flushes);
        Wiring<T> wiring = new Wiring<>(config, store.lanes(), reports.log(), reports.callbacks(), engine, delivery);
        StoredBatcher<T> batcher = new StoredBatcher<>(wiring, store, flushes, events);
        delivery.onAsideEnded(batcher::leave);
        return batcher;
    }

    // ---- items in

    @Override
    public void add(T item) {
        Objects.requireNonNull(item, NO_NULLS);
        intake.add(List.of(item), true, null).throwIfRejected(config());
    }

    @Override
    public void addMany(Collection<? extends T> items) {
        intake.add(copied(items), true, null).throwIfRejected(config());
    }

    @Override
    public boolean offer(T item) {
        Objects.requireNonNull(item, NO_NULLS);
        Outcome outcome = intake.add(List.of(item), false, null);
        if (outcome == Outcome.CLOSED) {
            outcome.throwIfRejected(config());
        }
        return outcome == Outcome.ACCEPTED;
    }

    @Override
    public CompletableFuture<Void> submit(T item) {
        Objects.requireNonNull(item, NO_NULLS);
        CompletableFuture<Void> future = new EngineFuture<>();
        try {
            Outcome outcome = intake.add(List.of(item), true, future);
            if (outcome != Outcome.ACCEPTED) {
                future.completeExceptionally(outcome.refusal(config()));
            }
        } catch (RuntimeException | Error fromStoreOrUser) {
            future.completeExceptionally(fromStoreOrUser);
        }
        return future;
    }

    // ---- handler

    @Override
    public void registerAsyncHandler(AsyncBatchConsumer<? super T> handler) {
        if (config().transactional()) {
            throw new IllegalStateException(
                    "batcher \"" + name() + "\" is transactional and needs a synchronous handler: a"
                            + " transaction belongs to one thread; register one with registerHandler");
        }
        super.registerAsyncHandler(handler);
    }

    // ---- delivery

    @Override
    public CompletableFuture<Void> flush() {
        return marked(super::flush);
    }

    @Override
    public CompletableFuture<Void> drain() {
        return marked(super::drain);
    }

    /** Flushes up to what is stored now. */
    private CompletableFuture<Void> marked(Supplier<CompletableFuture<Void>> flush) {
        StoreMark mark;
        try {
            mark = store.session().mark();
            store.answered();
        } catch (RuntimeException down) {
            if (StoreParts.isClosed(engine(), down)) {
                return flush.get(); // is refused
            }
            store.health().failed(down);
            CompletableFuture<Void> failed = new EngineFuture<>();
            failed.completeExceptionally(down);
            return failed;
        }
        CompletableFuture<Void> future;
        flushing.lock(); // a mark belongs to one flush
        try {
            engine().update((machine, now, decision) -> store.lanes().nextMark(mark));
            future = flush.get();
        } finally {
            flushing.unlock();
        }
        if (!future.isDone()) {
            flushes.check();
            poller.wake();
        }
        return future;
    }

    @Override
    public void pause() {
        super.pause();
        switchPartitions();
    }

    @Override
    public void resume() {
        super.resume();
        switchPartitions();
    }

    private void switchPartitions() {
        engine().update((machine, now, decision) -> store.lanes().allChanged(now));
        poller.switchPartitions();
    }

    @Override
    public BatcherStats stats() {
        poller.refreshCount();
        return super.stats();
    }

    // ---- dead letters

    @Override
    public Optional<DeadLetters> deadLetters() {
        return store.session().deadLetters();
    }

    @Override
    public int redrive(Collection<Long> ids) {
        DeadLetters letters = deadLetters().orElse(null);
        if (letters == null) {
            return super.redrive(ids);
        }
        if (engine().signals().isClosing()) {
            throw Refusals.closed(config(), null);
        }
        try {
            return redrive(letters, ids);
        } catch (RuntimeException failed) {
            if (StoreParts.isClosed(engine(), failed)) {
                throw Refusals.closed(config(), failed);
            }
            throw failed;
        }
    }

    private int redrive(DeadLetters letters, Collection<Long> ids) {
        List<DeadLetters.Redrive> again = new ArrayList<>();
        for (DeadLetters.Content content : letters.read(ids)) {
            NewItem item = again(content);
            if (item != null) {
                again.add(new DeadLetters.Redrive(content.id(), item));
            }
        }
        return again.isEmpty() ? 0 : append(letters, again);
    }

    private int append(DeadLetters letters, List<DeadLetters.Redrive> again) {
        try {
            int redriven = letters.redrive(again);
            engine().update((machine, now, decision) -> machine.store().redriven(redriven, now));
            return redriven;
        } catch (BatcherStoreException failed) {
            if (failed.outcomeUnknown()) {
                poller.wantCount(true);
            }
            throw failed;
        }
    }

    /** Returns a letter as a new item, with the partition of its key; null if the codec does not read it. */
    private @Nullable NewItem again(DeadLetters.Content content) {
        List<? extends T> items = store.decoder()
                .decode(List.of(content.item()), List.of(), 0, true)
                .items()
                .items();
        if (items.isEmpty()) {
            return null;
        }
        NewItem written = store.encoder().encode(items).get(0);
        return new NewItem(
                written.partition(), content.item().type(), content.item().payload());
    }

    // ---- close

    @Override
    public CloseResult<T> close(Duration timeout) {
        requireTimeout(timeout);
        giveUpPartitions();
        try {
            return super.close(timeout);
        } finally {
            leave();
        }
    }

    @Override
    public void close() {
        giveUpPartitions();
        try {
            super.close();
        } finally {
            leave();
        }
    }

    private boolean isClosed() {
        return super.stats().state() == BatcherState.CLOSED;
    }

    /** Lets the store acquire no partition any more. */
    private void giveUpPartitions() {
        if (!engine().isInsideCallback() && !isClosed()) {
            poller.close();
            try {
                store.session().suspend();
            } catch (RuntimeException down) {
                store.failed("give back partitions", "other processes take over when the lease ends", down);
            }
        }
    }

    /** Not while another call of close still waits for the last attempts, nor before the outcome is recorded of one that waits for close. */
    private void leave() {
        if (!isClosed() || engine().read(machine -> store.lanes().isAnyAside())) {
            return;
        }
        int unrecorded =
                engine().change((machine, now, decision) -> machine.store().endRecording(now));
        if (unrecorded > 0) {
            store.log().notRecorded(unrecorded);
        }
        try {
            store.session().close();
        } catch (RuntimeException down) {
            store.failed("leave", "other processes take over when the lease ends", down);
        }
        store.submits().failAll(Refusals.closed(config(), null));
    }
}
