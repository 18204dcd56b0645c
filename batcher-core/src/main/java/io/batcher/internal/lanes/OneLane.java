/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.lanes;

import io.batcher.internal.buffer.AddRequest;
import io.batcher.internal.buffer.ChunkSlice;
import io.batcher.internal.buffer.ItemBuffer;
import io.batcher.internal.delivery.Throttle;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The lane of a batcher without a key: all items are in one order. */
public final class OneLane<T> extends Lanes<T> {

    private final Lane<T> lane;
    private @Nullable Rule rule;

    public OneLane(ItemBuffer<T> buffer) {
        this.lane = new Lane<>(buffer);
    }

    @Override
    public ItemBuffer<T> only() {
        return lane.buffer();
    }

    @Override
    public Lane<T> claimable(@Nullable Object key) {
        return lane;
    }

    @Override
    public @Nullable Object group(@Nullable Object key) {
        return null;
    }

    @Override
    public void connect(Rule rule) {
        this.rule = rule;
    }

    @Override
    public When next(@Nullable Throttle throttle, boolean mayCall, long now) {
        return Objects.requireNonNull(rule).next(lane, throttle, now);
    }

    @Override
    public Lane<T> take() {
        return lane;
    }

    @Override
    public void release(Lane<T> lane, long now) {}

    @Override
    public void changed(Lane<T> lane, long now) {}

    @Override
    public void allChanged(long now) {}

    @Override
    public long flush(Hurry hurry, boolean first, long now) {
        if (hurry == Hurry.ALL || (hurry == Hurry.ON_TIME && lane.isInFlightOnTime())) {
            lane.hurry();
        }
        return lane.buffer().claimed();
    }

    @Override
    public long settledUpTo() {
        return lane.firstUnsettled();
    }

    @Override
    public void endFlush(Lane<T> lane) {}

    @Override
    public void endFlushes(long now) {
        lane.endHurry();
    }

    @Override
    public boolean append(AddRequest<T> call, long now) {
        return lane.buffer().append(call, now);
    }

    @Override
    public void await(AddRequest<T> call, long now) {
        lane.buffer().await(call);
    }

    @Override
    public void withdraw(AddRequest<T> call) {
        lane.buffer().withdraw(call);
    }

    @Override
    public @Nullable AddRequest<T> admitNext(long now) {
        return lane.buffer().admitNext(now);
    }

    @Override
    public boolean couldHold(AddRequest<T> call) {
        return lane.buffer().couldHold(call.size());
    }

    @Override
    public ChunkSlice<T> evict(AddRequest<T> call, long now) {
        return lane.buffer().evict(lane.buffer().lacking(call.size()));
    }

    @Override
    public List<AddRequest<T>> close() {
        return lane.buffer().close();
    }

    @Override
    public void forEach(Consumer<? super Lane<T>> action) {
        action.accept(lane);
    }

    @Override
    public boolean isAnyFailing() {
        return lane.consecutiveFailures() > 0;
    }

    @Override
    public int count() {
        return 1;
    }

    @Override
    public long claimedBefore() {
        return 0;
    }
}
