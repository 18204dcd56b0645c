/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.concurrent;

import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.BatcherClosedException;
import io.batcher.BatcherFullException;
import io.batcher.BatcherState;
import io.batcher.BatcherStats;
import io.batcher.RetryPolicy;
import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Applies the same actions to a batcher on virtual time and to the {@link Model}, and compares them after each. */
final class ModelRun {

    private static final Duration STEP = Duration.ofMillis(10);

    /** Ways to have one lane for all items: each behaves as the model. */
    enum OneLane {
        NO_KEY(builder -> builder),
        ONE_KEY(builder -> builder.key(item -> "key").concurrency(4)),
        BATCH_PER_KEY(builder -> builder.key(item -> "key").concurrency(4).batchPerKey(true)),
        NO_ORDER_ONE_CALL(builder -> builder.key(item -> null)),
        NO_ORDER_BATCH_PER_KEY(builder -> builder.key(item -> null).batchPerKey(true));

        private final UnaryOperator<BatcherBuilder<String>> options;

        OneLane(UnaryOperator<BatcherBuilder<String>> options) {
            this.options = options;
        }
    }

    /** Whether the lane, and what it knows of failures, disappears with its last item. */
    private final boolean isForgetful;

    private final VirtualTime time = new VirtualTime();
    private final Model model;
    private final Batcher<String> batcher;
    private final ScriptedHandler handler;
    private final List<String> dropped = new ArrayList<>();
    private final List<String> deadLettered = new ArrayList<>();
    private final Map<Model.Ticket, CompletableFuture<Void>> flushes = new LinkedHashMap<>();
    private final Map<String, CompletableFuture<Void>> submitted = new HashMap<>();
    private @Nullable String breach;
    private boolean closed;
    private int lastItem;

    ModelRun(Model.Options options) {
        this(options, options, OneLane.NO_KEY);
    }

    ModelRun(Model.Options options, OneLane lane) {
        this(options, options, lane);
    }

    /** A run in which model and batcher may differ. */
    ModelRun(Model.Options ofModel, Model.Options options, OneLane lane) {
        this.model = new Model(ofModel);
        this.isForgetful = lane == OneLane.BATCH_PER_KEY || lane == OneLane.NO_ORDER_BATCH_PER_KEY;
        BatcherBuilder<String> builder = lane.options
                .apply(time.applyTo(Batcher.<String>builder("model")))
                .interval(Duration.ofMillis(Model.INTERVAL))
                .capacity(options.capacity())
                .maxBatchSize(options.maxBatchSize())
                .eager(options.eager())
                .overflow(options.overflow())
                .maxBlock(Duration.ZERO)
                .retry(RetryPolicy.builder()
                        .delay(Duration.ofMillis(Model.RETRY_DELAY))
                        .maxAttempts(options.maxAttempts())
                        .build())
                .onError(failure -> {})
                .onDrop(dropped::add)
                .onDeadLetter(letter -> deadLettered.addAll(letter.items()));
        this.handler = new ScriptedHandler(model, time);
        this.batcher = options.async()
                ? builder.asyncHandler(handler::handleAsync).build()
                : builder.handler(handler::handle).build();
    }

    /** Returns the first difference; null if there is none. */
    @Nullable String run(List<Action> actions) {
        try {
            for (Action action : actions) {
                act(action);
                if (breach != null) {
                    return breach + ", at " + action;
                }
            }
            return null;
        } catch (RuntimeException | Error e) {
            return e + ", which the model does not expect";
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
                add(item, () -> batcher.add(item.get(0)));
            }
            case ADD_MANY -> {
                List<String> items = next(Math.min(action.amount(), model.options.capacity()));
                add(items, () -> batcher.addMany(items));
            }
            case OFFER -> offer();
            case SUBMIT -> submit();
            case FLUSH -> flush();
            case DRAIN -> {
                model.draining = true;
                flushes.put(closed ? new Model.Ticket(List.of()) : model.flush(), batcher.drain());
            }
            case PAUSE -> {
                model.paused = true;
                batcher.pause();
            }
            case RESUME -> {
                model.paused = false;
                batcher.resume();
            }
            case START_AUTO_FLUSH -> {
                model.draining = false;
                model.ticking = true;
                batcher.startAutoFlush();
            }
            case STOP_AUTO_FLUSH -> {
                model.ticking = false;
                batcher.stopAutoFlush();
            }
            case ADVANCE -> {
                for (int i = 0; i < action.amount(); i++) {
                    time.advance(STEP);
                    compare();
                }
            }
            case CLOSE -> close();
            default -> handler.script(action);
        }
        time.runReady();
        compare();
    }

    private List<String> next(int count) {
        return Stream.generate(() -> "i" + ++lastItem).limit(count).toList();
    }

    private void add(List<String> items, Runnable call) {
        String outcome = "accepted";
        try {
            call.run();
        } catch (BatcherFullException e) {
            outcome = "refused";
        } catch (BatcherClosedException e) {
            outcome = "closed";
        }
        String expected = closed ? "closed" : model.add(items, now()) || model.drops() ? "accepted" : "refused";
        expect(outcome.equals(expected), items + " " + outcome + ", but should be " + expected);
    }

    private void offer() {
        List<String> item = next(1);
        add(item, () -> {
            boolean in = batcher.offer(item.get(0));
            if (!in && !model.drops()) {
                throw new BatcherFullException("as add");
            }
            expect(in || dropped.contains(item.get(0)), "offered item is neither in nor dropped");
        });
    }

    private void submit() {
        List<String> item = next(1);
        CompletableFuture<Void> future = batcher.submit(item.get(0));
        add(item, () -> {
            if (future.isCompletedExceptionally() && !dropped.contains(item.get(0))) {
                throw (RuntimeException)
                        future.handle((value, failure) -> failure).join();
            }
        });
        submitted.put(item.get(0), future);
    }

    private void flush() {
        CompletableFuture<Void> future = batcher.flush();
        if (closed) {
            expect(future.isCompletedExceptionally(), "flush after close");
        } else {
            flushes.put(model.flush(), future);
        }
    }

    private void close() {
        if (closed) {
            expect(batcher.close(Duration.ofSeconds(1)).undelivered().isEmpty(), "handed back twice");
            return;
        }
        closed = true;
        model.closing = true;
        model.draining = false;
        List<String> undelivered = batcher.close(Duration.ofSeconds(1)).undelivered();
        expect(undelivered.equals(model.left()), "handed back " + undelivered + " instead of " + model.left());
        expect(batcher.stats().handedBack() == undelivered.size(), "counted " + batcher.stats());
        model.waiting.clear();
        model.frozen = null;
        model.tickets.forEach(ticket -> ticket.done = true);
        flushes.values().forEach(flush -> expect(flush.isDone(), "a flush is open after close"));
        flushes.clear();
        submitted.values().forEach(future -> expect(future.isDone(), "a submit is open after close"));
    }

    private void compare() {
        expect(handler.breach() == null, "" + handler.breach());
        if (closed) {
            return;
        }
        String due = model.due(now());
        expect(due == null, "at rest at " + now() + " ms, though due: " + due);
        expect(
                handler.handled().equals(model.handled),
                "handled " + handler.handled() + " instead of " + model.handled);
        expect(dropped.equals(model.dropped), "dropped " + dropped + " instead of " + model.dropped);
        expect(deadLettered.equals(model.deadLettered), "gave up " + deadLettered + " not " + model.deadLettered);
        flushes.forEach((ticket, flush) -> expect(
                ticket.done == flush.isDone() && (ticket.failure != null) == flush.isCompletedExceptionally(),
                "a flush is " + flush + ", but should be done " + ticket.done + " with " + ticket.failure));
        submitted.forEach((item, future) ->
                expect(future.isDone() != (model.left().contains(item)), "the submit of " + item + " is " + future));
        compare(batcher.stats());
    }

    private void compare(BatcherStats stats) {
        BatcherState state =
                model.paused ? BatcherState.PAUSED : model.draining ? BatcherState.DRAINING : BatcherState.RUNNING;
        BatcherStats expected = BatcherStats.builder()
                .lanes(stats.lanes())
                .state(state)
                .depth(model.depth())
                .capacity(model.options.capacity())
                .accepted(model.accepted)
                .handled(model.handled.size())
                .failedAttempts(model.failedAttempts)
                .rejected(model.rejected)
                .dropped(model.dropped.size())
                .deadLettered(model.deadLettered.size())
                .batches(model.batches)
                .consecutiveFailures(isForgetful ? stats.consecutiveFailures() : model.consecutiveFailures)
                .oldestAge(stats.oldestAge())
                .build();
        expect(stats.equals(expected), stats + " instead of " + expected);
    }
}
