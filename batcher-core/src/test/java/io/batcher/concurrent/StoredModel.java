/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.concurrent;

import io.batcher.Batch;
import io.batcher.FlushReason;
import io.batcher.RetryPolicy;
import io.batcher.store.fixtures.FakeDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Models a batcher with a store on plain lists, for one thread. It predicts which items are stored, which batch of a partition comes next, at
 * which time, under which id and with which number of attempt, and compares with the tables. A new process starts from the tables. Times are in
 * milliseconds.
 */
final class StoredModel implements ScriptedHandler.Attempts {

    /** The options of a case. */
    record Options(
            int partitions,
            int capacity,
            int maxBatchSize,
            boolean eager,
            int maxAttempts,
            boolean async,
            boolean oneProcess) {}

    static final String BATCHER = "model";
    static final long INTERVAL = 200;
    static final long RETRY_DELAY = 300;
    private static final long NOT_SET = -1;

    /** A waiting item. One that the process has not added itself is not known to it, and is read at its interval. */
    record Waiting(String item, long addedAt, boolean isKnown) {}

    /** A batch that was attempted. */
    record Tried(List<String> items, @Nullable String id, int attempts, int counted, long retryAt) {}

    /** A flush and the stored items that it covers. */
    static final class Ticket {
        final Set<String> open;
        final Set<Throwable> failures = new HashSet<>();

        /** When it was settled or failed; null if it is pending. */
        @Nullable Long endsSince;

        Ticket(Set<String> open) {
            this.open = open;
        }
    }

    /** A partition. */
    private final class Part {
        final int number;
        final List<Waiting> waiting = new ArrayList<>();
        final List<Tried> retries = new ArrayList<>();

        /** Items that were handled or given up. They are stored until that is recorded. */
        final List<String> unrecorded = new ArrayList<>();

        /** The reasons why a batch was due since the last attempt began. */
        final Set<FlushReason> reasons = EnumSet.noneOf(FlushReason.class);

        /** Whether a flush was pending since the last attempt began. */
        boolean wasFlushed;

        @Nullable Tried inFlight;

        List<Ticket> concerned = List.of();
        boolean isOwned;

        /** Whether its last owner may have ended before it recorded every outcome. */
        boolean isAbandoned;

        long nonEmptySince;

        Part(int number) {
            this.number = number;
        }

        /** Returns the items that must be stored, in order. */
        List<String> live() {
            List<String> live = new ArrayList<>();
            if (inFlight != null) {
                live.addAll(inFlight.items());
            }
            retries.forEach(batch -> live.addAll(batch.items()));
            waiting.forEach(each -> live.add(each.item()));
            return live;
        }

        List<String> stored() {
            return database.items(BATCHER, number);
        }

        Optional<FakeDatabase.RecordedBatch> recorded() {
            return database.recordedBatch(BATCHER, number);
        }
    }

    final Options options;
    private final FakeDatabase database;
    private final List<Part> parts = new ArrayList<>();
    private final Map<String, Integer> partOf = new HashMap<>();
    private final Map<String, Long> addedAt = new HashMap<>();
    private final Map<String, List<String>> contents = new HashMap<>();

    /** Items with which a handler has succeeded. */
    final Set<String> handled = new HashSet<>();

    /** Items that were given up. They are dead letters when that is recorded. */
    private final Set<String> givenUp = new HashSet<>();

    /** How often each item was given up. A redrive does not reset it. */
    private final Map<String, Integer> timesGivenUp = new HashMap<>();

    final List<Ticket> tickets = new ArrayList<>();
    boolean paused;
    boolean draining;
    boolean ticking = true;
    boolean closed;

    /** Whether the process was killed. */
    boolean dead;

    /** Whether no action is delayed by an earlier failure of the store. */
    boolean calm = true;

    int calls;
    int deliveredAgain;
    int interrupted;

    StoredModel(Options options, FakeDatabase database) {
        this.options = options;
        this.database = database;
        for (int part = 0; part < options.partitions(); part++) {
            parts.add(new Part(part));
        }
    }

    // ---- items

    /** Returns the number of stored items. */
    int stored() {
        return parts.stream().mapToInt(part -> part.stored().size()).sum();
    }

    boolean isStored(String item) {
        return parts.get(partOf.get(item)).stored().contains(item);
    }

    /** Returns whether the tables have an item that the model may not know. */
    boolean isInTables(String item) {
        return parts.stream().anyMatch(part -> part.stored().contains(item));
    }

    int timesGivenUp(String item) {
        return timesGivenUp.getOrDefault(item, 0);
    }

    boolean isDeadLetter(String item) {
        return database.deadLetters(BATCHER).contains(item);
    }

    void added(String item, int part, boolean isKnown, long now) {
        partOf.put(item, part);
        addedAt.put(item, now);
        Part to = parts.get(part);
        to.nonEmptySince = to.waiting.isEmpty() ? now : to.nonEmptySince;
        to.waiting.add(new Waiting(item, now, isKnown));
    }

    /** Records that dead letters were stored again, behind all other items. */
    void redriven(List<String> items, long now) {
        items.forEach(item -> {
            givenUp.remove(item);
            tickets.forEach(ticket -> ticket.open.remove(item));
            parts.forEach(part -> part.unrecorded.remove(item));
            added(item, partOf.get(item), false, now);
        });
    }

    Ticket flush() {
        Set<String> open = new HashSet<>();
        parts.forEach(part -> open.addAll(part.stored()));
        Ticket ticket = new Ticket(open);
        tickets.add(ticket);
        parts.forEach(part -> {
            part.wasFlushed = true;
            if (!part.waiting.isEmpty()) {
                part.reasons.add(FlushReason.MANUAL);
            }
        });
        return ticket;
    }

    // ---- processes

    /** Records the start of a process. */
    void begun() {
        tickets.clear();
        paused = false;
        draining = false;
        ticking = true;
        closed = false;
        dead = false;
    }

    /**
     * Records the end of the process.
     *
     * @param abandoned whether it may not have recorded every outcome
     */
    void ended(boolean abandoned) {
        parts.forEach(part -> {
            part.isAbandoned |= abandoned;
            part.isOwned = false;
        });
    }

    /** Forgets the partitions that the process has given back. */
    void keepOwned(IntPredicate owned) {
        parts.forEach(part -> part.isOwned &= owned.test(part.number));
    }

    /** Records that the process acquires a partition, and starts from its tables. Returns a difference; null if there is none. */
    @Nullable String gained(int number, long now) {
        Part part = parts.get(number);
        List<String> stored = part.stored();
        Optional<FakeDatabase.RecordedBatch> recorded = part.recorded();
        String wrong = wrongItems(part, stored);
        if (wrong == null && recorded.isPresent()) {
            wrong = wrongRecord(part, recorded.get(), stored);
        }
        List<String> again = new ArrayList<>(stored);
        again.retainAll(part.unrecorded);
        if (wrong == null && !again.isEmpty() && !part.isAbandoned && calm) {
            wrong = "settled items are stored after their process has released the partition: " + again;
        }
        again.removeAll(recorded.map(FakeDatabase.RecordedBatch::items).orElse(List.of()));
        if (wrong == null && !again.isEmpty()) {
            wrong = "settled items outside the recorded batch come again: " + again;
        }
        restore(part, stored, recorded.orElse(null), now);
        return wrong;
    }

    private void restore(Part part, List<String> stored, FakeDatabase.@Nullable RecordedBatch recorded, long now) {
        part.isOwned = true;
        part.isAbandoned = false;
        part.inFlight = null;
        part.waiting.clear();
        part.retries.clear();
        part.unrecorded.clear();
        part.reasons.clear();
        givenUp.removeAll(stored);
        List<String> batch = recorded == null ? List.of() : recorded.items();
        stored.stream()
                .filter(item -> !batch.contains(item))
                .forEach(item -> part.waiting.add(new Waiting(item, addedAt.get(item), true)));
        part.nonEmptySince = part.waiting.isEmpty() ? now : part.waiting.get(0).addedAt();
        part.reasons.addAll(reasons(part, part.nonEmptySince, now));
        part.wasFlushed = !tickets.isEmpty();
        if (recorded != null) {
            Duration retryIn = recorded.retryIn();
            long delay = retryIn == null ? RETRY_DELAY : Math.min(retryIn.toMillis(), RETRY_DELAY);
            Tried tried = new Tried(batch, recorded.id(), recorded.attempt(), recorded.counted(), now + delay);
            if (retryIn == null) {
                judgeInterrupted(part, tried);
            } else {
                part.retries.add(tried);
            }
        }
    }

    /** Counts an attempt without an outcome as failed: the batch is kept or halved; a single item is given up. */
    private void judgeInterrupted(Part part, Tried tried) {
        interrupted++;
        int size = tried.items().size();
        if (tried.counted() < options.maxAttempts()) {
            part.retries.add(tried);
        } else if (size == 1) {
            giveUp(part, tried.items());
        } else {
            part.retries.add(half(tried, 0, size / 2));
            part.retries.add(half(tried, size / 2, size));
        }
    }

    private static Tried half(Tried tried, int from, int to) {
        return new Tried(tried.items().subList(from, to), null, tried.attempts(), tried.counted(), tried.retryAt());
    }

    private void giveUp(Part part, List<String> items) {
        givenUp.addAll(items);
        items.forEach(item -> timesGivenUp.merge(item, 1, Integer::sum));
        part.unrecorded.addAll(items);
    }

    // ---- tables

    private static @Nullable String wrongItems(Part part, List<String> stored) {
        List<String> live = part.live();
        List<String> settledOrNot = new ArrayList<>(stored);
        settledOrNot.removeIf(item -> part.unrecorded.contains(item) && !live.contains(item));
        return settledOrNot.equals(live)
                ? null
                : "partition " + part.number + " has " + stored + " instead of " + live + " and of " + part.unrecorded;
    }

    /** Compares a recorded batch with the one that was attempted last, or that is attempted next. */
    private @Nullable String wrongRecord(Part part, FakeDatabase.RecordedBatch recorded, List<String> stored) {
        List<String> items = recorded.items();
        boolean wasAttempted = contents.containsKey(recorded.id());
        boolean allowed;
        if (part.inFlight != null) {
            allowed = items.equals(part.inFlight.items());
        } else if (items.stream().anyMatch(part.unrecorded::contains)) {
            allowed = items.containsAll(
                    stored.stream().filter(part.unrecorded::contains).toList());
        } else if (!part.retries.isEmpty()) {
            allowed = items.equals(part.retries.get(0).items());
        } else {
            allowed = !wasAttempted && items.equals(stored.subList(0, Math.min(items.size(), stored.size())));
        }
        boolean sameContent = !wasAttempted || items.equals(contents.get(recorded.id()));
        return allowed && sameContent ? null : "partition " + part.number + " has recorded " + recorded;
    }

    /** Compares with the tables while no attempt runs. Returns a difference; null if there is none. */
    @Nullable String compareTables(long now) {
        for (Part part : parts) {
            List<String> stored = part.stored();
            String wrong = wrongItems(part, stored);
            if (wrong != null) {
                return wrong;
            }
            if (calm && !dead && part.isOwned && part.unrecorded.stream().anyMatch(stored::contains)) {
                return "the outcome of " + part.unrecorded + " is not recorded";
            }
            if (!dead && part.unrecorded.stream().noneMatch(stored::contains)) {
                part.unrecorded.clear();
            }
        }
        List<String> letters = database.deadLetters(BATCHER);
        Set<String> expected = new HashSet<>(givenUp);
        parts.forEach(part -> expected.removeAll(part.stored()));
        if (letters.size() != expected.size() || !expected.containsAll(letters)) {
            return "the dead letters are " + letters + " instead of " + expected;
        }
        tickets.forEach(ticket -> {
            if (ticket.endsSince == null && (!ticket.failures.isEmpty() || isThrough(ticket))) {
                ticket.endsSince = now;
            }
        });
        return null;
    }

    /** Returns whether every item that the flush covers has left the store. */
    boolean isThrough(Ticket ticket) {
        return ticket.open.stream().noneMatch(this::isStored);
    }

    // ---- due batches

    /** Adds the reasons why batches are due now. */
    void noteReasons(long now) {
        parts.forEach(part -> part.reasons.addAll(reasons(part, part.nonEmptySince, now)));
    }

    private Set<FlushReason> reasons(Part part, long since, long now) {
        Set<FlushReason> reasons = EnumSet.noneOf(FlushReason.class);
        if (part.waiting.isEmpty()) {
            return reasons;
        }
        if (part.waiting.size() >= options.maxBatchSize()) {
            reasons.add(FlushReason.SIZE);
        }
        if (!tickets.isEmpty()) {
            reasons.add(FlushReason.MANUAL); // also for a settled flush until the batcher has asked the store
        }
        if (draining || options.eager()) {
            reasons.add(FlushReason.EAGER);
        }
        if (ticking && now - since >= INTERVAL) {
            reasons.add(FlushReason.INTERVAL);
        }
        return reasons;
    }

    /** Returns why an attempt is due now; null if none is. */
    @Nullable String due(long now) {
        for (Part part : parts) {
            if (paused || !part.isOwned) {
                continue;
            }
            boolean isFlushed = tickets.stream().anyMatch(ticket -> ticket.endsSince == null);
            if (!part.retries.isEmpty()) {
                if (now >= part.retries.get(0).retryAt()) {
                    return "a retry of " + part.retries.get(0).items();
                }
            } else if (!part.waiting.isEmpty()) {
                Set<FlushReason> reasons = reasons(part, part.waiting.get(0).addedAt(), now);
                if (!isFlushed) {
                    reasons.remove(FlushReason.MANUAL);
                }
                if (part.waiting.stream().filter(Waiting::isKnown).count() < options.maxBatchSize()) {
                    reasons.remove(FlushReason.SIZE);
                }
                if (!reasons.isEmpty()) {
                    return "a batch of " + part.waiting + ", " + reasons;
                }
            }
        }
        return null;
    }

    // ---- attempts

    @Override
    public @Nullable String begin(Batch<String> batch, long now) {
        calls++;
        deliveredAgain += batch.stream().anyMatch(handled::contains) ? 1 : 0;
        Part part = parts.get(partOf.get(batch.get(0)));
        if (batch.stream().anyMatch(item -> partOf.get(item) != part.number)) {
            return "a batch of several partitions";
        }
        if (dead || closed || paused || !part.isOwned) {
            return "began though this process delivers nothing";
        }
        if (part.inFlight != null) {
            return "began while another attempt of the partition runs";
        }
        List<String> stored = part.stored();
        if (part.unrecorded.stream().anyMatch(stored::contains)) {
            return "began before the last outcome was recorded";
        }
        part.unrecorded.clear();
        String wrong = wrongContent(part, batch);
        if (wrong == null) {
            wrong = part.retries.isEmpty() ? beginNew(part, batch, now) : beginAgain(part, batch, now);
        }
        part.reasons.clear();
        part.wasFlushed = !tickets.isEmpty();
        part.concerned = List.copyOf(tickets);
        return wrong;
    }

    /** Checks that the attempt is recorded, and that its id belongs to these items. */
    private @Nullable String wrongContent(Part part, Batch<String> batch) {
        List<String> items = List.copyOf(batch);
        List<String> before = contents.putIfAbsent(batch.id(), items);
        if (before != null && !before.equals(items)) {
            return "the same id as " + before;
        }
        FakeDatabase.RecordedBatch recorded = part.recorded().orElse(null);
        boolean matches = recorded != null
                && recorded.id().equals(batch.id())
                && recorded.items().equals(items)
                && recorded.attempt() == batch.attempt()
                && recorded.retryIn() == null;
        return matches ? null : "recorded was " + recorded;
    }

    private @Nullable String beginAgain(Part part, Batch<String> batch, long now) {
        Tried again = part.retries.remove(0);
        int recorded = part.recorded().orElseThrow().counted();
        boolean isDue = now >= again.retryAt();
        // A store that failed may have delayed the start of the lane, and with it the retry: then only the count tells.
        boolean inTime = isDue && (calm || recorded == again.counted() + 1);
        int counted = again.counted() + (inTime ? 1 : 0);
        long retryAt = inTime ? NOT_SET : again.retryAt(); // an early attempt does not delay the scheduled retry
        part.inFlight = new Tried(again.items(), batch.id(), again.attempts() + 1, counted, retryAt);
        boolean mayBeEarly = !tickets.isEmpty() || (!calm && part.wasFlushed);
        return now < again.retryAt() && !mayBeEarly
                ? "a retry before its time"
                : !again.items().equals(batch)
                        ? "a retry with other items than " + again.items()
                        : again.id() != null && !again.id().equals(batch.id())
                                ? "a retry under another id than " + again.id()
                                : batch.attempt() != again.attempts() + 1
                                        ? "wrong number of attempt"
                                        : recorded != counted ? "counted should be " + counted : null;
    }

    private @Nullable String beginNew(Part part, Batch<String> batch, long now) {
        int full = Math.min(options.maxBatchSize(), part.waiting.size());
        part.reasons.addAll(reasons(part, part.nonEmptySince, now));
        List<Waiting> next = part.waiting.subList(0, Math.min(batch.size(), full));
        List<String> items = next.stream().map(Waiting::item).toList();
        next.clear();
        int counted = part.recorded().orElseThrow().counted();
        part.inFlight = new Tried(items, batch.id(), 1, counted, NOT_SET);
        part.nonEmptySince = part.waiting.isEmpty() ? now : part.nonEmptySince;
        return !items.equals(batch)
                ? "expected " + items
                : calm && items.size() != full
                        ? "expected " + full + " items"
                        : batch.attempt() != 1 || counted != 1
                                ? "expected the first attempt"
                                : !part.reasons.contains(batch.reason()) ? "expected one of " + part.reasons : null;
    }

    @Override
    public void end(Batch<String> batch, List<Integer> failed, @Nullable Throwable cause, long now) {
        List<String> bad = failed.stream().map(batch::get).toList();
        List<String> good = new ArrayList<>(batch);
        good.removeAll(bad);
        handled.addAll(good);
        Part part = parts.get(partOf.get(batch.get(0)));
        Tried attempt = part.inFlight;
        if (attempt == null) {
            return; // a breach is reported already
        }
        part.inFlight = null;
        part.unrecorded.addAll(good);
        if (dead) {
            part.unrecorded.addAll(bad); // the outcome is not recorded
        } else if (cause != null) {
            part.concerned.forEach(ticket -> ticket.failures.add(cause));
            fail(part, attempt, bad, now);
        }
    }

    private void fail(Part part, Tried attempt, List<String> bad, long now) {
        if (attempt.counted() >= options.maxAttempts()) {
            giveUp(part, bad);
        } else {
            String id = bad.size() == attempt.items().size() ? attempt.id() : null;
            long retryAt = attempt.retryAt() == NOT_SET ? now + RETRY_DELAY : attempt.retryAt();
            part.retries.add(0, new Tried(bad, id, attempt.attempts(), attempt.counted(), retryAt));
        }
    }

    static int unlimited() {
        return RetryPolicy.UNLIMITED;
    }
}
