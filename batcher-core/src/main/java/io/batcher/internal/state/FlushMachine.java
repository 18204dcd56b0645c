/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.state;

import io.batcher.BatcherConfig;
import io.batcher.BatcherStats;
import io.batcher.RetryAfterException;
import io.batcher.internal.buffer.AddRequest;
import io.batcher.internal.delivery.BatchIds;
import io.batcher.internal.delivery.FrozenBatch;
import io.batcher.internal.delivery.Handler;
import io.batcher.internal.lanes.Lane;
import io.batcher.internal.lanes.Lanes;
import io.batcher.internal.lanes.Lanes.Hurry;
import io.batcher.internal.partitions.PartitionLanes;
import io.batcher.internal.report.Refusals;
import io.batcher.internal.state.AdmitResult.Outcome;
import io.batcher.internal.threads.EngineFuture;
import io.batcher.internal.threads.LoopSignals;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The state of a batcher and its transitions, those of the loop in {@link LoopControl}, those of an attempt in {@link Outcomes}. Has no lock, thread or clock: {@link Engine} calls it with its lock held and the time,
 * and carries out afterwards what the {@link Decision} says. The state table is in docs/concurrency.md.
 */
public final class FlushMachine<T> {

    private final BatcherConfig<T> config;
    private final LoopSignals signals;
    private final Counters counters = new Counters();
    private final PendingFlushes pendingFlushes = new PendingFlushes();
    private final Lifecycle lifecycle;
    private final Settlement<T> settlement;
    private final Lanes<T> lanes;
    private final LoopControl<T> loop;
    private final Outcomes<T> outcomes;
    private final OverflowRule<T> overflow;

    /** Null if the items are in memory. */
    private final @Nullable StoreOutcomes<T> store;

    FlushMachine(BatcherConfig<T> config, Lanes<T> lanes, LoopSignals signals) {
        BatchIds ids = new BatchIds(config.name());
        this.config = config;
        this.signals = signals;
        this.lifecycle = new Lifecycle(config.autoFlush());
        this.settlement = new Settlement<>(config, ids, counters);
        this.lanes = lanes;
        this.overflow = new OverflowRule<>(config, lanes, counters);
        this.loop = new LoopControl<>(config, lifecycle, pendingFlushes, settlement, lanes, ids, signals);
        this.outcomes = new Outcomes<>(config, lifecycle, pendingFlushes, settlement, lanes, loop, signals);
        this.store = lanes instanceof PartitionLanes<T> stored
                ? new StoreOutcomes<>(
                        config, lifecycle, pendingFlushes, settlement, counters, stored, loop, outcomes, ids)
                : null;
    }

    /** Returns the transitions of lanes whose items are in a store. Only if they are. */
    public StoreOutcomes<T> store() {
        return Objects.requireNonNull(store);
    }

    /** Returns the transitions of the flush loop. */
    public LoopControl<T> loop() {
        return loop;
    }

    /** Returns the transitions that begin and end calls of the handler, and offers of letters. */
    public Outcomes<T> outcomes() {
        return outcomes;
    }

    // ---- admission

    /** Admits items that found no slot, or applies the overflow policy; the parameters are those of {@link OverflowRule#admit}. */
    public AdmitResult<T> admit(AddRequest<T> request, boolean mayWait, boolean mayDrop, long now, Decision decision) {
        if (!isOpen()) {
            return AdmitResult.of(Outcome.CLOSED);
        }
        AdmitResult<T> result = overflow.admit(request, mayWait, mayDrop, now);
        if (!result.evicted().isEmpty()) {
            outcomes.afterRelease(now, decision);
        }
        return result;
    }

    /** Makes due what the thread that has claimed the last slot of a chunk has added. */
    public void filled(Lane<T> lane, long now) {
        lanes.changed(lane, now);
    }

    /** Rejects a call that has waited for room long enough, unless it was admitted. */
    public void withdrawUnlessDecided(AddRequest<T> request, long now, Decision decision) {
        if (overflow.withdraw(request)) {
            outcomes.admitWaiting(now, decision); // a smaller call behind it may fit
        }
    }

    // ---- calls

    /**
     * Delivers what was accepted so far, without the delay of a retry, but not before the pace allows it. Fails during a rest. From a
     * callback it does not skip the delay of the failure that is being reported; from the handler it does, unless a flush made that attempt
     * early: else what flushes each time would never wait.
     *
     * @param caller where it is called from
     */
    public CompletableFuture<Void> flush(Caller caller, long now, Decision decision) {
        CompletableFuture<Void> future = new EngineFuture<>();
        RetryAfterException restCause = loop.limits().restCause(now);
        if (!isOpen()) {
            decision.complete(future, Refusals.closed(config, null));
        } else if (restCause != null) {
            decision.complete(future, restCause);
        } else if (!loop.hasHandler()) {
            decision.complete(future, Refusals.noHandler(config));
        } else {
            boolean first = pendingFlushes.isEmpty();
            if (first || caller == Caller.OUTSIDE) {
                // A callback that adds its items again and flushes must not repeat without a delay.
                boolean afterFailure = caller == Caller.CALLBACK && lanes.isAnyFailing();
                pendingFlushes.notBefore(afterFailure ? (Long) settlement.firstDelayEnd(now) : null);
            }
            long mark = lanes.flush(hurry(caller), first, now);
            pendingFlushes.add(mark, loop.attemptNumber(), future);
            if (store != null) {
                store.lanes().flushed(now); // only now is the flush pending
            }
            if (first) { // a flush behind others covers no less than they do
                pendingFlushes.settled(lanes.settledUpTo(), decision);
            }
        }
        return future;
    }

    private static Hurry hurry(Caller caller) {
        return switch (caller) {
            case OUTSIDE -> Hurry.ALL;
            case HANDLER -> Hurry.ON_TIME;
            case CALLBACK -> Hurry.NONE;
        };
    }

    public CompletableFuture<Void> drain(Caller caller, long now, Decision decision) {
        lifecycle.startDraining();
        lanes.allChanged(now);
        return flush(caller, now, decision);
    }

    public void startTicking(long now) {
        lifecycle.startTicking();
        lanes.allChanged(now);
    }

    public void stopTicking(long now) {
        lifecycle.stopTicking();
        lanes.allChanged(now);
    }

    /** Pauses or resumes delivery. Returns whether that changes anything. */
    public boolean pause(boolean on) {
        return lifecycle.pause(on);
    }

    public void register(Handler<T> handler, long now) {
        if (!isOpen()) {
            throw Refusals.closed(config, null);
        }
        if (loop.hasHandler()) {
            throw Refusals.secondHandler(config);
        }
        loop.connect(handler);
        lanes.allChanged(now);
    }

    // ---- close

    private boolean isOpen() {
        return lifecycle.isOpen();
    }

    boolean isClosed() {
        return lifecycle.isClosed();
    }

    /**
     * Rejects items and calls from now on, and gives the remaining items their last attempts.
     *
     * @param deadline until when close waits for those
     * @return false if it was called before
     */
    public boolean beginClose(long deadline, long now, Decision decision) {
        if (!isOpen()) {
            return false;
        }
        signals.beginDrain(deadline); // without the memory for it, close has not begun
        lifecycle.beginClose();
        outcomes.beginClose();
        lanes.close().forEach(refused -> decision.release(refused.settled()));
        lanes.allChanged(now);
        loop.endDrainUnlessDue(now);
        return true;
    }

    /** Ends the batcher. Returns what is left; it counts as handed back. */
    public List<FrozenBatch<T>> endClose(long now, Decision decision) {
        List<FrozenBatch<T>> left = lanes.areHandedBack()
                ? settlement.handBack(lanes)
                : List.of(); // without the memory for it, close has not ended
        lifecycle.endClose();
        lanes.forEach(lane -> {
            lane.clearCall();
            lanes.release(lane, now);
        });
        pendingFlushes.failAll(Refusals.closed(config, null), decision);
        return left;
    }

    public BatcherStats stats(long now) {
        return counters.snapshot(config, lifecycle.state(), lanes, loop.limits().throttle(), now);
    }
}
