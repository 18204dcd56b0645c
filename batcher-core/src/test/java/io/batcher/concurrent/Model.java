/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.concurrent;

import io.batcher.Batch;
import io.batcher.FlushReason;
import io.batcher.Overflow;
import io.batcher.RetryPolicy;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a batcher may and must do, on plain lists and on one thread: the model must allow each attempt, and when nothing runs, nothing
 * may be left that the model calls due. Times are in milliseconds.
 */
final class Model implements ScriptedHandler.Attempts {

    /** The options of a case. */
    record Options(int capacity, int maxBatchSize, boolean eager, Overflow overflow, int maxAttempts, boolean async) {}

    static final long INTERVAL = 100;
    static final long RETRY_DELAY = 50;
    private static final long NOT_SET = -1;

    /** A waiting item. */
    record Waiting(String item, long addedAt) {}

    /** A failed batch that is retried. */
    record Frozen(List<String> items, @Nullable String id, int attempts, int counted, long retryAt) {}

    /** A flush: the items that it covers and that are not settled. */
    static final class Ticket {
        final List<String> open;

        @Nullable Throwable failure;

        boolean done;

        Ticket(List<String> open) {
            this.open = open;
            this.done = open.isEmpty();
        }
    }

    final Options options;
    final List<Waiting> waiting = new ArrayList<>();
    final List<Ticket> tickets = new ArrayList<>();
    final List<String> handled = new ArrayList<>();
    final List<String> dropped = new ArrayList<>();
    final List<String> deadLettered = new ArrayList<>();

    @Nullable Frozen frozen;

    boolean paused;
    boolean draining;
    boolean ticking = true;
    boolean closing;
    boolean drainFailed;
    long accepted;
    long rejected;
    long failedAttempts;
    long batches;
    int consecutiveFailures;
    private long nonEmptySince;
    private @Nullable Frozen inFlight;
    private List<Ticket> concerned = List.of();

    Model(Options options) {
        this.options = options;
    }

    /** Whether a full buffer drops items. */
    boolean drops() {
        return options.overflow() == Overflow.DROP_OLDEST || options.overflow() == Overflow.DROP_NEWEST;
    }

    int depth() {
        return waiting.size()
                + (frozen == null ? 0 : frozen.items().size())
                + (inFlight == null ? 0 : inFlight.items().size());
    }

    /** Adds the items, dropping others by policy; returns whether the call finds room. */
    boolean add(List<String> items, long now) {
        boolean fits = depth() + items.size() <= options.capacity();
        if (!fits
                && options.overflow() == Overflow.DROP_OLDEST
                && depth() - waiting.size() + items.size() <= options.capacity()) {
            while (depth() + items.size() > options.capacity()) {
                String oldest = waiting.remove(0).item();
                dropped.add(oldest);
                settle(List.of(oldest));
            }
            fits = true;
        }
        if (fits) {
            accepted += items.size();
            nonEmptySince = waiting.isEmpty() ? now : nonEmptySince;
            items.forEach(item -> waiting.add(new Waiting(item, now)));
        } else if (drops()) {
            accepted += items.size();
            dropped.addAll(items);
        } else {
            rejected += items.size();
        }
        return fits;
    }

    Ticket flush() {
        List<String> open = new ArrayList<>();
        if (frozen != null) {
            open.addAll(frozen.items());
        }
        waiting.forEach(each -> open.add(each.item()));
        Ticket ticket = new Ticket(open);
        if (!ticket.done) {
            tickets.add(ticket);
        }
        return ticket;
    }

    /** Why an attempt is due now; null if none is. */
    @Nullable String due(long now) {
        if (closing ? drainFailed : paused) {
            return null;
        }
        if (frozen != null) {
            return closing || !tickets.isEmpty() || now >= frozen.retryAt() ? "a retry" : null;
        }
        if (waiting.isEmpty()) {
            return null;
        }
        FlushReason reason = reason(now, waiting.get(0).addedAt());
        return reason == null ? null : "a batch, " + reason;
    }

    private @Nullable FlushReason reason(long now, long since) {
        if (closing) {
            return FlushReason.CLOSE;
        }
        if (waiting.size() >= options.maxBatchSize()) {
            return FlushReason.SIZE;
        }
        if (!tickets.isEmpty()) {
            return FlushReason.MANUAL;
        }
        if (draining || options.eager()) {
            return FlushReason.EAGER;
        }
        return ticking && now - since >= INTERVAL ? FlushReason.INTERVAL : null;
    }

    @Override
    public @Nullable String begin(Batch<String> batch, long now) {
        if (inFlight != null) {
            return "began while another runs";
        }
        if (closing ? drainFailed : paused) {
            return "began though delivery rests";
        }
        concerned = List.copyOf(tickets);
        Frozen again = frozen;
        frozen = null;
        if (again != null) {
            boolean inTime = now >= again.retryAt();
            int counted = again.counted() + (inTime ? 1 : 0);
            long retryAt = inTime ? NOT_SET : again.retryAt(); // an early attempt does not delay the scheduled retry
            inFlight = new Frozen(again.items(), batch.id(), again.attempts() + 1, counted, retryAt);
            boolean allowed = inTime || closing || !tickets.isEmpty();
            return !allowed
                    ? "a retry before its time"
                    : !again.items().equals(batch)
                            ? "a retry with other items than " + again.items()
                            : again.id() != null && !again.id().equals(batch.id())
                                    ? "a retry under another id"
                                    : batch.attempt() != again.attempts() + 1 ? "wrong number of attempt" : null;
        }
        if (waiting.isEmpty()) {
            return "a batch of items that do not wait";
        }
        FlushReason reason = reason(now, nonEmptySince);
        List<Waiting> next = waiting.subList(0, Math.min(options.maxBatchSize(), waiting.size()));
        List<String> items = next.stream().map(Waiting::item).toList();
        next.clear();
        inFlight = new Frozen(items, batch.id(), 1, 1, NOT_SET);
        return reason == null
                ? "a batch before its time"
                : !items.equals(batch)
                        ? "expected " + items
                        : batch.reason() != reason ? "expected the reason " + reason : null;
    }

    @Override
    public void end(Batch<String> batch, List<Integer> failed, @Nullable Throwable cause, long now) {
        Frozen attempt = inFlight;
        if (attempt == null) {
            throw new IllegalStateException("ended without beginning");
        }
        inFlight = null;
        batches++;
        List<String> bad = failed.stream().map(attempt.items()::get).toList();
        List<String> good = new ArrayList<>(attempt.items());
        good.removeAll(bad);
        handled.addAll(good);
        consecutiveFailures = cause == null ? 0 : consecutiveFailures + 1;
        settle(good); // first: other items of the batch do not affect a flush whose items were handled
        if (cause != null) {
            failedAttempts++;
            for (Ticket ticket : concerned) {
                ticket.failure = ticket.done ? ticket.failure : cause;
                ticket.done = true;
            }
            tickets.removeIf(ticket -> ticket.done);
            fail(attempt, bad, now);
        }
    }

    private void fail(Frozen attempt, List<String> bad, long now) {
        if (attempt.counted() >= options.maxAttempts()) {
            deadLettered.addAll(bad);
            settle(bad);
        } else {
            String id = bad.size() == attempt.items().size() ? attempt.id() : null;
            long retryAt = attempt.retryAt() == NOT_SET ? now + RETRY_DELAY : attempt.retryAt();
            frozen = new Frozen(bad, id, attempt.attempts(), attempt.counted(), retryAt);
        }
        drainFailed = closing;
    }

    private void settle(List<String> items) {
        tickets.forEach(ticket -> {
            ticket.open.removeAll(items);
            ticket.done = ticket.open.isEmpty();
        });
        tickets.removeIf(ticket -> ticket.done);
    }

    /** Returns the items that close hands back. */
    List<String> left() {
        List<String> left = new ArrayList<>(frozen == null ? List.of() : frozen.items());
        waiting.forEach(each -> left.add(each.item()));
        return left;
    }

    static int unlimited() {
        return RetryPolicy.UNLIMITED;
    }
}
