/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.concurrent;

import io.batcher.Batch;
import io.batcher.BatcherBuilder;
import io.batcher.PartialBatchException;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A handler that misbehaves at random, by seed, in every way that the engine must tolerate. It reports the end of each attempt to
 * the {@link Ledger} beforehand.
 */
final class UnreliableHandler {

    /** How the handler works. */
    enum Kind {
        SYNC,
        ASYNC_AT_ONCE,
        /** The stage ends on another thread, now or later. */
        ASYNC_ELSEWHERE
    }

    /** Takes longer than the timeout, or until it is interrupted. */
    interface Hang {
        void hang() throws InterruptedException;
    }

    /** The failure of a poisoned item. */
    static final class PoisonException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private final SplittableRandom random;
    private final Kind kind;
    private final Ledger ledger;
    private final Executor elsewhere;
    private final double failureRate;
    private final @Nullable Long timeoutNanos;
    private final int poisonEvery;
    private final Runnable inside;
    private final Hang hang;
    private volatile boolean healthy;

    /**
     * Makes a handler.
     *
     * @param timeoutNanos the batcher's handlerTimeout; null for none, then no attempt hangs
     * @param poisonEvery one item in this many always fails; 0 for none
     * @param inside called now and then from inside the handler
     * @param hang how an attempt takes longer than the timeout
     */
    UnreliableHandler(
            long seed,
            Kind kind,
            Ledger ledger,
            Executor elsewhere,
            double failureRate,
            @Nullable Long timeoutNanos,
            int poisonEvery,
            Runnable inside,
            Hang hang) {
        this.random = new SplittableRandom(seed);
        this.kind = kind;
        this.ledger = ledger;
        this.elsewhere = elsewhere;
        this.failureRate = failureRate;
        this.timeoutNanos = timeoutNanos;
        this.poisonEvery = poisonEvery;
        this.inside = inside;
        this.hang = hang;
    }

    BatcherBuilder<Item> installIn(BatcherBuilder<Item> builder) {
        return kind == Kind.SYNC ? builder.handler(this::handle) : builder.asyncHandler(this::handleAsync);
    }

    /** Ends all failures. */
    void heal() {
        healthy = true;
    }

    private boolean fails() {
        if (!healthy && random.nextInt(20) == 0) {
            inside.run();
        }
        return !healthy && random.nextDouble() < failureRate;
    }

    private boolean isPoisoned(Batch<Item> batch) {
        return !healthy
                && poisonEvery > 0
                && batch.stream().anyMatch(item -> item.number % poisonEvery == poisonEvery - 1);
    }

    private void handle(Batch<Item> batch) throws Exception {
        if (isPoisoned(batch)) {
            ledger.expect(Ledger.Ending.FAILURE);
            throw new PoisonException();
        }
        if (!fails()) {
            ledger.expect(Ledger.Ending.SUCCESS);
            if (random.nextInt(50) == 0) {
                Thread.currentThread().interrupt();
            }
            return;
        }
        int how = random.nextInt(timeoutNanos == null ? 5 : 7);
        if (how == 5) {
            hang(); // a late success counts
            ledger.expect(Ledger.Ending.SUCCESS);
            return;
        }
        ledger.expect(Ledger.Ending.FAILURE);
        switch (how) {
            case 0 -> throw new Exception("checked");
            case 1 -> throw new LinkageError("an Error");
            case 2, 3 -> throw partial(batch);
            case 4 -> {
                Thread.currentThread().interrupt();
                throw new InterruptedException("interrupted itself");
            }
            default -> {
                hang();
                throw new IllegalStateException("late");
            }
        }
    }

    private @Nullable CompletionStage<?> handleAsync(Batch<Item> batch) throws Exception {
        CompletableFuture<Void> stage = new CompletableFuture<>();
        if (isPoisoned(batch)) {
            end(stage, new PoisonException());
            return stage;
        }
        if (!fails()) {
            end(stage, null);
            return stage;
        }
        switch (random.nextInt(timeoutNanos == null ? 6 : 8)) {
            case 0 -> end(stage, new Exception("checked"));
            case 1 -> end(stage, partial(batch));
            case 2 -> {
                ledger.expect(Ledger.Ending.FAILURE);
                throw new LinkageError("an Error instead of a stage");
            }
            case 3 -> {
                ledger.expect(Ledger.Ending.FAILURE);
                return null;
            }
            case 4 -> {
                ledger.expect(Ledger.Ending.FAILURE);
                stage.cancel(true);
            }
            case 5 -> end(stage, partial(batch));
            case 6 -> ledger.expect(Ledger.Ending.FAILURE); // the stage never ends
            default -> {
                hang();
                end(stage, null);
            }
        }
        return stage;
    }

    private void end(CompletableFuture<Void> stage, @Nullable Throwable failure) {
        ledger.expect(
                timeoutNanos != null
                        ? Ledger.Ending.EITHER
                        : failure == null ? Ledger.Ending.SUCCESS : Ledger.Ending.FAILURE);
        Runnable ending = () -> {
            if (failure == null) {
                stage.complete(null);
            } else {
                stage.completeExceptionally(failure);
            }
        };
        if (kind == Kind.ASYNC_ELSEWHERE) {
            elsewhere.execute(ending);
        } else {
            ending.run();
        }
    }

    private void hang() {
        try {
            hang.hang();
        } catch (InterruptedException e) {
            // by the engine: the timeout has passed
        }
    }

    private PartialBatchException partial(Batch<Item> batch) {
        Map<Integer, Throwable> causes = new HashMap<>();
        Throwable shared = new IllegalStateException("some");
        int shape = random.nextInt(10);
        if (shape == 0) {
            return new PartialBatchException(causes); // names no item: a full failure
        }
        if (shape == 1) {
            causes.put(batch.size(), shared); // names an index outside the batch: a full failure
        }
        for (int i = 0; i < batch.size(); i++) {
            if (random.nextInt(4) == 0) {
                causes.put(i, random.nextBoolean() ? shared : new IllegalArgumentException("one"));
            }
        }
        return new PartialBatchException(causes);
    }
}
