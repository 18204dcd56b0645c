/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.store;

import io.batcher.BatcherClock;
import io.batcher.BatcherConfig;
import io.batcher.internal.report.Log;
import io.batcher.internal.state.Engine;
import io.batcher.internal.threads.CallScope;
import io.batcher.internal.threads.FallbackScheduler;
import io.batcher.internal.threads.FlushTimer;
import io.batcher.internal.threads.SharedThreads;
import io.batcher.store.ItemState;
import io.batcher.store.Position;
import io.batcher.store.StoreCount;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Asks the store once a second for what this process cannot know: what others have settled, how much is stored, whether a pause can be
 * carried out, and after a failure whether it answers again. Only while there is something to ask for; then there is no timer. Thread-safe.
 */
final class StorePoller<T> {

    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Counting costs at most a twentieth of the time. */
    private static final int COUNT_FACTOR = 20;

    /** For how long after a look at the statistics the count of a shared store is kept up to date: longer than monitoring waits. */
    private static final long WATCHED_NANOS = TimeUnit.MINUTES.toNanos(2);

    /** So many items are asked for at once. */
    private static final int MOST_ASKED = 1_000;

    private final BatcherConfig<T> config;
    private final Engine<T> engine;
    private final StoreParts<T> store;
    private final StoreFlushes<T> flushes;
    private final FlushTimer timer;
    private final Executor executor;

    private final ReentrantLock switching = new ReentrantLock();

    private volatile boolean countWanted;
    private volatile boolean countCorrects;

    private volatile long countTook;

    /** When statistics were looked at last; {@link #watched} says whether that ever happened. */
    private volatile long watchedAt;

    private volatile boolean watched;

    /** Whether partitions are to be acquired or given back, as the store has not done yet. */
    private volatile boolean switchWanted;

    /** Whether the timer is armed. */
    private volatile boolean armed;

    private volatile boolean closed;

    StorePoller(BatcherConfig<T> config, Engine<T> engine, StoreParts<T> store, StoreFlushes<T> flushes, Log log) {
        this.config = config;
        this.engine = engine;
        this.store = store;
        this.flushes = flushes;
        FallbackScheduler scheduler =
                new FallbackScheduler(config.scheduler(), SharedThreads.scheduler(), config.clock(), log);
        this.timer = new FlushTimer(scheduler, config.clock(), this::onTime);
        boolean isVirtual = config.clock() != BatcherClock.system();
        this.executor = isVirtual && config.executor() != null ? config.executor() : SharedThreads.workers();
    }

    // ---- what is wanted

    /**
     * Lets the store count.
     *
     * @param corrects whether what was counted before may be wrong, also in a store of one process
     */
    void wantCount(boolean corrects) {
        countCorrects |= corrects;
        countWanted = true;
        wake();
    }

    /** Acquires partitions, or gives them back, as it follows from a pause or its end. */
    void switchPartitions() {
        try {
            applySwitch();
        } catch (RuntimeException down) {
            store.failed("acquire or give back partitions", "it is tried again", down);
            switchWanted = true;
            wake();
        }
    }

    /** One at a time, and each looks at the newest state: so the last one leaves the store as it is wanted. */
    private void applySwitch() {
        switching.lock();
        try {
            if (!closed) {
                if (engine.read(machine -> machine.store().isPaused())) {
                    store.session().suspend();
                } else {
                    store.session().resume();
                }
                switchWanted = false;
            }
        } finally {
            switching.unlock();
        }
    }

    /** Arms the timer if there is something to ask for. */
    void wake() {
        if (!armed && isAnyWanted()) {
            arm();
        }
    }

    private boolean isAnyWanted() {
        return countWanted
                || switchWanted
                || store.health().failure() != null
                || store.submits().isActive()
                || isWatched()
                || engine.read(machine -> machine.store().lanes().marks().last() != null
                        || machine.store().lanes().room().isWanted());
    }

    /** Whether others may have delivered items since the last count, and who monitors the batcher would see a count of long ago. */
    private boolean isWatched() {
        return watched
                && engine.clock().nanoTime() - watchedAt < WATCHED_NANOS
                && engine.read(machine -> machine.store().lanes().room().depth() > 0);
    }

    private boolean isCountOld() {
        long countedAt =
                engine.<Long>read(machine -> machine.store().lanes().room().countedAt());
        return engine.clock().nanoTime() - countedAt >= Math.max(PERIOD_NANOS, COUNT_FACTOR * countTook);
    }

    private void arm() {
        boolean moved;
        synchronized (timer) {
            armed = !closed;
            long now = engine.clock().nanoTime();
            moved = timer.want(closed ? null : (Long) (now + PERIOD_NANOS), now, closed);
        }
        if (moved) {
            timer.reconcile();
        }
    }

    /** Ends it. */
    void close() {
        switching.lock(); // a switch under way ends before
        try {
            closed = true;
        } finally {
            switching.unlock();
        }
        arm();
    }

    // ---- what is asked

    private void onTime() {
        if (closed) {
            return;
        }
        if (armed && SharedThreads.isTimerThread()) {
            SharedThreads.workers().execute(this::run);
        } else {
            executor.execute(this::run);
        }
    }

    private void run() {
        if (closed) {
            return;
        }
        armed = false;
        synchronized (timer) {
            timer.want(null, engine.clock().nanoTime(), false);
        }
        try (CallScope scope = engine.enterCallback()) {
            if (switchWanted) {
                switchPartitions();
            }
            count();
            askForSubmits();
            flushes.settle();
        } catch (RuntimeException down) {
            store.failed("ask for what others have done", "it is asked again", down);
        } finally {
            forgetFailedFlushes();
            wake();
        }
    }

    private void count() {
        boolean roomWanted =
                engine.read(machine -> machine.store().lanes().room().isWanted());
        boolean fails = store.health().failure() != null;
        if (!countWanted && !fails && !(roomWanted && store.session().isShared()) && !(isWatched() && isCountOld())) {
            return;
        }
        boolean corrects = countCorrects && !store.session().isShared();
        long changes =
                engine.<Long>read(machine -> machine.store().lanes().room().changes());
        long accepted =
                engine.<Long>read(machine -> machine.store().lanes().room().accepted());
        long begin = engine.clock().nanoTime();
        StoreCount count = store.session().count();
        countTook = engine.clock().nanoTime() - begin;
        store.answered();
        countWanted = false;
        if (corrects) {
            countCorrects = false;
            boolean corrected =
                    engine.change((machine, now, decision) -> machine.store().correct(count, changes, now, decision));
            countCorrects |= !corrected;
            countWanted |= !corrected;
        } else {
            engine.update((machine, now, decision) -> machine.store().counted(count, accepted, now, decision));
        }
    }

    private void askForSubmits() {
        int left = store.submits().size();
        int settled = 1;
        while (left > 0 && settled > 0) { // the next ones are not settled either, as far as is known
            List<Position> positions = store.submits().toAsk(MOST_ASKED);
            Map<Position, ItemState> states = store.session().states(positions);
            settled = store.submits().tell(states, config.name());
            left -= MOST_ASKED;
        }
    }

    private void forgetFailedFlushes() {
        engine.update((machine, now, decision) -> {
            if (!machine.store().hasPendingFlushes()) {
                machine.store().lanes().marks().clear();
            }
        });
    }

    /** Lets the store count if the last count is old, and from now on while items are stored. */
    void refreshCount() {
        if (store.lanes().room().isShared()) { // a look at statistics never calls the store
            watchedAt = engine.clock().nanoTime();
            watched = true;
        }
        if (!countWanted && isCountOld()) {
            wantCount(false);
        } else {
            wake();
        }
    }
}
