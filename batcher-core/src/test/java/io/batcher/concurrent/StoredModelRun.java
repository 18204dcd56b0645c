/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.concurrent;

import io.batcher.AttemptInterruptedException;
import io.batcher.Batch;
import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.BatcherException;
import io.batcher.BatcherFullException;
import io.batcher.BatcherStats;
import io.batcher.BatcherStoreException;
import io.batcher.CloseResult;
import io.batcher.RetryPolicy;
import io.batcher.store.DeadLetters;
import io.batcher.store.ItemCodec;
import io.batcher.store.ItemStore;
import io.batcher.store.KeyHash;
import io.batcher.store.Partition;
import io.batcher.store.PartitionListener;
import io.batcher.store.StoreContext;
import io.batcher.store.StoreSession;
import io.batcher.store.fixtures.FakeDatabase;
import io.batcher.store.fixtures.FakeStore;
import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Applies the same actions to a batcher with a store, on virtual time, and to the {@link StoredModel}, and compares them after each. The actions
 * include failures of the store, and kills of the process between attempts and during them.
 */
final class StoredModelRun {

    private static final Duration STEP = Duration.ofMillis(10);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration LEASE = Duration.ofSeconds(5);

    /** How long a failure of the store may delay an action: two polls and the wait of a lane, rounded up. */
    private static final long CALM_AFTER = 3_000;

    /** How long the batcher may take to complete the future of a settled flush or item: one poll. */
    private static final long NOTICED_AFTER = POLL.toMillis() + STEP.toMillis();

    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    /** Counts events over many runs. */
    static final class Figures {
        int runs;
        int calls;
        int kills;
        int storeFailures;
        int deliveredAgain;
        int interrupted;

        void add(StoredModelRun run) {
            runs++;
            calls += run.model.calls;
            kills += run.kills;
            storeFailures += run.storeFailures;
            deliveredAgain += run.model.deliveredAgain;
            interrupted += run.model.interrupted;
        }

        @Override
        public String toString() {
            return "%d runs with a store: %d calls of the handler, %d failures of the store, %d ends of a process, %d attempts interrupted, %d calls with items handled before"
                    .formatted(runs, calls, storeFailures, kills, interrupted, deliveredAgain);
        }
    }

    /** A process with the batcher. */
    private final class Process {
        final FakeStore store = options.oneProcess() ? FakeStore.ofOneProcess(database) : new FakeStore(database);
        final ScriptedHandler handler = new ScriptedHandler(new Attempts(), time, this::die);
        final Map<String, Integer> noticed = new HashMap<>();
        final Batcher<String> batcher;

        Process() {
            BatcherBuilder<String> builder = time.applyTo(Batcher.<String>builder(StoredModel.BATCHER))
                    .store(new Observed(store))
                    .codec(ItemCodec.strings())
                    .key(StoredModelRun::key)
                    .partitions(options.partitions())
                    .concurrency(options.partitions())
                    .interval(Duration.ofMillis(StoredModel.INTERVAL))
                    .capacity(options.capacity())
                    .maxBatchSize(options.maxBatchSize())
                    .eager(options.eager())
                    .retry(RetryPolicy.builder()
                            .delay(Duration.ofMillis(StoredModel.RETRY_DELAY))
                            .maxAttempts(options.maxAttempts())
                            .build())
                    .onError(failure -> {})
                    .onDeadLetter(letter -> letter.items().forEach(this::notice));
            batcher = options.async()
                    ? builder.asyncHandler(handler::handleAsync).build()
                    : builder.handler(handler::handle).build();
            store.pollEvery(POLL, time);
        }

        private void die() {
            model.dead = true;
            store.kill();
        }

        /** Checks a notice of a dead letter. After a lost answer to the record it may come later than a redrive. */
        private void notice(String item) {
            expect(!model.isStored(item) || redriven.contains(item), item + " is still stored at its notice");
            int times = noticed.merge(item, 1, Integer::sum);
            expect(times <= model.timesGivenUp(item), times + " notices of " + item);
        }
    }

    /** Passes attempts to the model, with the failures of the store before them. */
    private final class Attempts implements ScriptedHandler.Attempts {
        @Override
        public @Nullable String begin(Batch<String> batch, long now) {
            noteFailure();
            return model.begin(batch, now);
        }

        @Override
        public void end(Batch<String> batch, List<Integer> failed, @Nullable Throwable cause, long now) {
            model.end(batch, failed, cause, now);
        }
    }

    /** Passes acquired partitions to the model before the batcher is notified. */
    private final class Observed implements ItemStore {
        private final ItemStore store;

        Observed(ItemStore store) {
            this.store = store;
        }

        @Override
        public String kind() {
            return store.kind();
        }

        @Override
        public boolean isShared() {
            return store.isShared();
        }

        @Override
        public StoreSession open(StoreContext context) {
            PartitionListener batchers = context.listener();
            return store.open(new StoreContext(
                    context.batcher(), context.partitions(), context.clock(), new PartitionListener() {
                        @Override
                        public void gained(Partition partition) {
                            noteFailure();
                            String wrong = model.gained(partition.number(), now());
                            expect(wrong == null, "" + wrong);
                            batchers.gained(partition);
                        }

                        @Override
                        public void revoked(Partition partition) {
                            batchers.revoked(partition);
                        }

                        @Override
                        public void lost(Partition partition) {
                            expect(false, "partition " + partition.number() + " is lost");
                        }

                        @Override
                        public void available(Partition partition) {
                            batchers.available(partition);
                        }

                        @Override
                        public void damaged(int partition, long items, String what) {
                            expect(false, "damage: " + what);
                        }
                    }));
        }
    }

    private final VirtualTime time = new VirtualTime();
    private final FakeDatabase database = new FakeDatabase(time, LEASE);
    private final StoredModel.Options options;
    private final StoredModel model;
    private final Map<StoredModel.Ticket, CompletableFuture<Void>> flushes = new LinkedHashMap<>();
    private final Map<String, CompletableFuture<Void>> submitted = new HashMap<>();
    private final Map<String, Long> settledSince = new HashMap<>();
    private final List<String> accepted = new ArrayList<>();
    private final Set<String> redriven = new HashSet<>();
    private Process process;
    private @Nullable String breach;
    private int failsAt;
    private long failedAt = -CALM_AFTER;
    private int lastItem;

    /** Whether the answer to a redrive was lost: a store of one process does not count again. */
    private boolean countIsUncertain;

    private int kills;
    private int storeFailures;

    StoredModelRun(StoredModel.Options options) {
        this(options, options);
    }

    /** A run in which model and batcher may differ. */
    StoredModelRun(StoredModel.Options ofModel, StoredModel.Options options) {
        this.options = options;
        this.model = new StoredModel(ofModel, database);
        this.process = new Process();
    }

    private static String key(String item) {
        return item.substring(0, item.indexOf(':'));
    }

    /** Returns the first difference; null if there is none. */
    @Nullable String run(List<Action> actions) {
        try {
            time.runReady();
            for (Action action : actions) {
                act(action);
                if (breach != null) {
                    return breach + ", at " + action + ", " + now() + " ms";
                }
            }
            settleEverything();
            return breach;
        } catch (RuntimeException | Error e) {
            return e + ", which the model does not expect";
        } finally {
            process.batcher.close(Duration.ZERO);
            process.store.kill();
        }
    }

    private long now() {
        return TimeUnit.NANOSECONDS.toMillis(time.nanoTime());
    }

    private void expect(boolean holds, String otherwise) {
        if (!holds && breach == null) {
            breach = otherwise;
        }
    }

    private void act(Action action) {
        switch (action.kind()) {
            case ADD -> {
                List<String> item = next(1);
                add(item, () -> process.batcher.add(item.get(0)));
            }
            case ADD_MANY -> {
                List<String> items = next(Math.min(action.amount(), options.capacity()));
                add(items, () -> process.batcher.addMany(items));
            }
            case OFFER -> {
                List<String> item = next(1);
                add(item, () -> {
                    if (!process.batcher.offer(item.get(0))) {
                        throw new BatcherFullException("as add");
                    }
                });
            }
            case SUBMIT -> submit();
            case FLUSH -> flush(process.batcher.flush());
            case DRAIN -> {
                CompletableFuture<Void> future = process.batcher.drain();
                model.draining |= flush(future);
            }
            case PAUSE -> {
                model.paused = true;
                process.batcher.pause();
            }
            case RESUME -> {
                model.paused = false;
                process.batcher.resume();
            }
            case START_AUTO_FLUSH -> {
                model.draining = false;
                model.ticking = true;
                process.batcher.startAutoFlush();
            }
            case STOP_AUTO_FLUSH -> {
                model.ticking = false;
                process.batcher.stopAutoFlush();
            }
            case ADVANCE -> advance(action.amount());
            case ADVANCE_FAR -> advance(20 * action.amount());
            case KILL -> {
                process.die();
                replace();
            }
            case RESTART, CLOSE -> restart();
            case REDRIVE -> redrive();
            case STORE_FAILS -> storeFails(action.amount(), false);
            case ANSWER_IS_LOST -> storeFails(action.amount(), true);
            default -> process.handler.script(action);
        }
        time.runReady();
        compare();
    }

    private void advance(int steps) {
        for (int i = 0; i < steps && breach == null; i++) {
            time.advance(STEP);
            compare();
        }
    }

    private void storeFails(int call, boolean afterEffect) {
        failsAt = call;
        database.faults().failAt(call, afterEffect);
    }

    /** Returns whether the planned failure of the store has happened, and ends the plan if so. */
    private boolean hasFailed() {
        boolean failed = failsAt > 0 && database.faults().calls() >= failsAt;
        if (failed) {
            failsAt = 0;
            storeFailures++;
            failedAt = now();
            database.faults().reset();
        }
        return failed;
    }

    // ---- items

    private List<String> next(int count) {
        return Stream.generate(() -> "k" + ++lastItem % 5 + ":" + lastItem)
                .limit(count)
                .toList();
    }

    private void add(List<String> items, Runnable call) {
        noteFailure();
        int room = options.capacity() - model.stored();
        String outcome = "accepted";
        boolean isUnknown = false;
        try {
            call.run();
        } catch (BatcherFullException e) {
            outcome = "refused";
        } catch (BatcherStoreException e) {
            outcome = "failed";
            isUnknown = e.outcomeUnknown();
        }
        boolean failed = noteFailure();
        if (outcome.equals("failed")) {
            expect(failed, items + " failed, though the store answers");
        } else if (model.calm) {
            String expected = items.size() <= room ? "accepted" : "refused";
            expect(outcome.equals(expected), items + " " + outcome + ", but should be " + expected + ", room " + room);
        }
        if (outcome.equals("accepted") || (isUnknown && model.isInTables(items.get(0)))) {
            boolean isKnown = !isUnknown;
            items.forEach(
                    item -> model.added(item, KeyHash.partition(key(item), options.partitions()), isKnown, now()));
            accepted.addAll(items);
        }
    }

    private void submit() {
        List<String> item = next(1);
        List<CompletableFuture<Void>> futures = new ArrayList<>();
        add(item, () -> {
            CompletableFuture<Void> future = process.batcher.submit(item.get(0));
            futures.add(future);
            if (future.isCompletedExceptionally()
                    && failure(future) instanceof BatcherException refusal
                    && (refusal instanceof BatcherFullException || refusal instanceof BatcherStoreException)) {
                throw refusal;
            }
            submitted.put(item.get(0), future);
        });
    }

    private static Throwable failure(CompletableFuture<Void> future) {
        Throwable failure = future.handle((value, thrown) -> thrown).join();
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    /** Returns whether the flush was accepted; false if the store has failed. */
    private boolean flush(CompletableFuture<Void> future) {
        boolean failed = noteFailure();
        if (failed && future.isCompletedExceptionally() && failure(future) instanceof BatcherStoreException) {
            return false;
        }
        flushes.put(model.flush(), future);
        return true;
    }

    private void redrive() {
        List<String> letters = database.deadLetters(StoredModel.BATCHER);
        noteFailure();
        try {
            DeadLetters stored = process.batcher.deadLetters().orElseThrow();
            List<Long> ids =
                    stored.list(0, 1_000).stream().map(DeadLetters.Letter::id).toList();
            expect(process.batcher.redrive(ids) == letters.size(), "delivers others again than " + letters);
        } catch (BatcherStoreException e) {
            expect(noteFailure(), "dead letters are not delivered again, though the store answers");
            countIsUncertain |= e.outcomeUnknown();
        }
        List<String> again = new ArrayList<>(letters);
        again.removeAll(database.deadLetters(StoredModel.BATCHER));
        redriven.addAll(again);
        model.redriven(again, now());
    }

    // ---- processes

    private void restart() {
        CloseResult<String> result = process.batcher.close(TIMEOUT);
        noteFailure();
        expect(result.undelivered().isEmpty(), "handed back " + result.undelivered());
        flushes.forEach((ticket, flush) -> expect(flush.isDone(), "a flush is open after close"));
        submitted.forEach((item, future) -> expect(future.isDone(), "the submit of " + item + " is open after close"));
        expect(process.batcher.stats().handedBack() == 0, "handed back " + process.batcher.stats());
        model.closed = true;
        process.store.kill();
        begin(model.dead || result.timedOut() || !model.calm);
    }

    private void replace() {
        process.batcher.close(Duration.ZERO);
        kills++;
        begin(true);
    }

    private void begin(boolean abandoned) {
        time.runReady();
        expect(process.handler.breach() == null, "" + process.handler.breach());
        flushes.clear();
        submitted.clear();
        settledSince.clear();
        countIsUncertain = false;
        database.faults().reset();
        failsAt = 0;
        model.ended(abandoned);
        model.begun();
        process = new Process();
    }

    // ---- comparison

    private boolean noteFailure() {
        boolean failed = hasFailed();
        model.calm = now() - failedAt >= CALM_AFTER;
        return failed;
    }

    private void compare() {
        noteFailure();
        if (model.dead) {
            replace();
            time.runReady();
        }
        expect(process.handler.breach() == null, "" + process.handler.breach());
        model.keepOwned(part -> process.store.owns(StoredModel.BATCHER, part));
        String wrong = model.compareTables(now());
        expect(wrong == null, "" + wrong);
        compareFlushes();
        compareSubmitted();
        model.noteReasons(now());
        BatcherStats stats = process.batcher.stats(); // in each step, because it makes the store count
        noteFailure();
        if (model.calm) {
            String due = model.due(now());
            expect(due == null, "at rest at " + now() + " ms, though due: " + due);
            compare(stats);
        }
    }

    private void compareFlushes() {
        flushes.forEach((ticket, flush) -> {
            if (flush.isCompletedExceptionally()) {
                Throwable failure = failure(flush);
                expect(
                        ticket.failures.contains(failure) || failure instanceof AttemptInterruptedException,
                        "a flush failed with " + failure);
            } else if (flush.isDone()) {
                expect(model.isThrough(ticket), "a flush succeeded, though there is still one of " + ticket.open);
            } else if (model.calm && ticket.endsSince != null) {
                expect(now() - ticket.endsSince <= NOTICED_AFTER, "a flush is open, though all is settled");
            }
        });
        flushes.values().removeIf(CompletableFuture::isDone);
        model.tickets.retainAll(flushes.keySet());
    }

    private void compareSubmitted() {
        submitted.keySet().removeAll(redriven); // they were settled, and are stored again under the same text
        submitted.forEach((item, future) -> {
            boolean isStored = model.isStored(item);
            if (!isStored) {
                settledSince.putIfAbsent(item, now());
            }
            boolean isOverdue = !isStored && model.calm && now() - settledSince.get(item) > NOTICED_AFTER;
            expect(!isOverdue || future.isDone(), "the submit of " + item + " is open");
            if (future.isDone()) {
                boolean succeeded = !future.isCompletedExceptionally();
                expect(!isStored, "the submit of " + item + " is complete, but it is stored");
                expect(succeeded == model.handled.contains(item), "the submit of " + item + " is " + future);
                expect(succeeded != model.isDeadLetter(item), "the submit of " + item + " is " + future);
            }
        });
        submitted.values().removeIf(CompletableFuture::isDone);
    }

    private void compare(BatcherStats stats) {
        boolean isCounted = !countIsUncertain || !options.oneProcess();
        expect(!isCounted || stats.depth() == model.stored(), stats + ", but stored are " + model.stored());
        expect(stats.fenced() == 0, "fenced: " + stats);
        expect(stats.stoppedPartitions() == 0, "stopped: " + stats);
        expect(stats.storeFailure().isEmpty(), "the store has answered: " + stats);
        if (isCounted && options.oneProcess()) {
            expect(
                    stats.handled() + stats.deadLettered() + stats.depth() == stats.accepted(),
                    "the numbers do not add up: " + stats);
        }
    }

    /** Ends all failures and waits until everything that was accepted is settled. */
    private void settleEverything() {
        database.faults().reset();
        failsAt = 0;
        act(new Action(Action.Kind.RESUME, 1));
        act(new Action(Action.Kind.START_AUTO_FLUSH, 1));
        for (int i = 0; i < 1_000 && breach == null && !(model.stored() == 0 && isSilent()); i++) {
            advance(10);
        }
        advance(10);
        expect(model.stored() == 0, "stored are still " + model.stored());
        expect(flushes.isEmpty(), "flushes are open");
        expect(submitted.isEmpty(), "open are the submits of " + submitted.keySet());
        for (String item : accepted) {
            expect(model.handled.contains(item) || model.isDeadLetter(item), item + " is lost");
        }
    }

    private boolean isSilent() {
        return flushes.isEmpty() && submitted.isEmpty();
    }
}
