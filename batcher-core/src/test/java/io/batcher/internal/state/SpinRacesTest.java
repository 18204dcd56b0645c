/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.state;

import static org.jetbrains.lincheck.Lincheck.runConcurrentTest;

import io.batcher.Batcher;
import io.batcher.BatcherConfig;
import io.batcher.internal.buffer.AddRequest;
import io.batcher.internal.delivery.Attempt;
import io.batcher.internal.lanes.KeyedLanes;
import io.batcher.internal.threads.LoopSignals;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Races of a run that spins, explored schedule by schedule. The loop here is a bare one that spins once after each batch, for as long as the
 * schedule says: the model checker cannot hold a spin that counts.
 */
@Tag("lincheck")
@Tag("soak")
class SpinRacesTest {

    private static final int SCHEDULES = Integer.getInteger("batcher.schedules", 500);

    /** Each item is a batch; odd and even ones are in different lanes. Built beforehand: Lincheck cannot follow the regular expression of the name. */
    private static final BatcherConfig<Integer> CONFIG = Batcher.<Integer>builder("race")
            .key(item -> item % 2)
            .batchPerKey(true)
            .concurrency(2)
            .capacity(4)
            .maxBatchSize(1)
            .handler(batch -> {})
            .config();

    /** Items come for both lanes while runs spin: each is delivered, in the order of its key. */
    @Test
    void addsWhileARunSpins() {
        runConcurrentTest(SCHEDULES, () -> {
            Spinning it = new Spinning();
            it.run(
                    () -> {
                        it.add(1);
                        it.add(3);
                    },
                    () -> it.add(2));
            it.check(List.of(1, 3), 3);
        });
    }

    /** The only item after a pause comes while a run spins, and delivery resumes on another thread. */
    @Test
    void pauseWhileARunSpins() {
        runConcurrentTest(SCHEDULES, () -> {
            Spinning it = new Spinning();
            it.run(() -> it.add(1), () -> {
                it.pause(true);
                it.add(2);
                it.pause(false);
            });
            it.check(List.of(1), 2);
        });
    }

    /** Close begins while a run spins, or is about to: it ends the drain when everything is delivered. */
    @Test
    void closeWhileARunSpins() {
        runConcurrentTest(SCHEDULES, () -> {
            Spinning it = new Spinning();
            it.add(1);
            it.run(() -> it.add(2), it::beginClose);
            it.checkDrained();
        });
    }

    /** A run fails while it spins: what comes meanwhile is delivered all the same. */
    @Test
    void aRunThatSpinsDies() {
        runConcurrentTest(SCHEDULES, () -> {
            Spinning it = new Spinning();
            it.dies = true;
            it.run(() -> it.add(1), () -> it.add(2));
            it.check(List.of(1), 2);
        });
    }

    /** Makes transitions as {@link Engine} does, without a timer: the model checker would follow the process-wide one. */
    private static final class Spinning {

        private final ReentrantLock lock = new ReentrantLock();
        private final LoopSignals signals = new LoopSignals(2);
        private final FlushMachine<Integer> machine = new FlushMachine<>(CONFIG, new KeyedLanes<>(CONFIG), signals);
        private final List<Thread> threads = new ArrayList<>();
        private final List<Integer> delivered = new ArrayList<>();
        private final List<Throwable> failures = new ArrayList<>();

        /** Whether each run dies when it spins for the first time. */
        private boolean dies;

        private <R> R change(Engine.Transition<Integer, R> transition) {
            Decision decision = new Decision();
            lock.lock();
            try {
                R result = transition.make(machine, 0, decision);
                machine.loop().wake(0, decision);
                return result;
            } finally {
                lock.unlock();
                long started = decision.loopToStart();
                if (started != 0) {
                    execute(() -> loop(started));
                }
            }
        }

        void add(int item) {
            change((machine, now, decision) ->
                    machine.admit(new AddRequest<>(List.of(item), item % 2, null, null), false, false, now, decision));
        }

        void pause(boolean on) {
            change((machine, now, decision) -> machine.pause(on));
        }

        void beginClose() {
            change((machine, now, decision) -> machine.beginClose(1, now, decision));
        }

        private void loop(long runNumber) {
            Optional<LoopAction<Integer>> next =
                    change((machine, now, decision) -> machine.loop().begin(runNumber, true, now));
            while (next.isPresent()) {
                boolean spins = next.get() instanceof LoopAction.Spin;
                if (next.get() instanceof LoopAction.Deliver<Integer> deliver) {
                    deliver(deliver);
                }
                if (spins && dies) {
                    signals.abandon(runNumber);
                    change((machine, now, decision) -> true);
                    return;
                }
                next = change((machine, now, decision) -> machine.loop().proceed(runNumber, !spins, now));
            }
        }

        private void deliver(LoopAction.Deliver<Integer> deliver) {
            Attempt<Integer> attempt = new Attempt<>(
                    deliver.batch(), deliver.handler(), deliver.attemptNumber(), null, CONFIG.clock(), () -> {});
            synchronized (delivered) {
                delivered.addAll(deliver.batch().itemList());
            }
            change((machine, now, decision) -> {
                boolean owns = machine.outcomes().end(attempt);
                machine.outcomes().succeeded(attempt, now, decision);
                return owns;
            });
        }

        private void execute(Runnable body) {
            Thread thread = new Thread(() -> {
                try {
                    body.run();
                } catch (Throwable t) {
                    synchronized (failures) {
                        failures.add(t);
                    }
                }
            });
            synchronized (threads) {
                threads.add(thread);
            }
            thread.start();
        }

        /** Runs all bodies at once, and waits for them and for the runs that they started. */
        void run(Runnable... bodies) {
            for (Runnable body : bodies) {
                execute(body);
            }
            for (Thread thread = thread(0); thread != null; thread = thread(threads.indexOf(thread) + 1)) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        }

        private Thread thread(int index) {
            synchronized (threads) {
                return index < threads.size() ? threads.get(index) : null;
            }
        }

        void check(List<Integer> oddInOrder, int items) {
            require(failures.isEmpty(), "a thread failed: " + failures);
            List<Integer> odd = new ArrayList<>(delivered);
            odd.removeIf(item -> item % 2 == 0);
            require(odd.equals(oddInOrder) && delivered.size() == items, "delivered " + delivered);
            require(machine.loop().isIdle(), "a run is active");
        }

        void checkDrained() {
            require(failures.isEmpty(), "a thread failed: " + failures);
            require(signals.isDrained(), "the drain did not end; delivered " + delivered);
            require(delivered.contains(1), "delivered " + delivered);
        }

        private static void require(boolean holds, String otherwise) {
            if (!holds) {
                throw new IllegalStateException(otherwise);
            }
        }
    }
}
