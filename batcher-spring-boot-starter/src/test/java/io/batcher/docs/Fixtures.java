/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.docs;

import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.testing.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The names that the examples of the documentation use without defining them. */
public final class Fixtures {

    public static final Reading reading = new Reading("s1", 21.5);
    public static final Cloud cloud = new Cloud();
    public static final Alarm alarm = new Alarm();
    public static final Parked parked = new Parked();

    /** A batcher that exists already. */
    public static Batcher<Reading> readings;

    /** The database of the application. */
    public static JdbcClient database;

    static VirtualTime time;

    private Fixtures() {}

    /** A reading of a sensor. */
    public record Reading(String sensor, double temperature) {}

    /** The API's answer "429 Too Many Requests", as its client throws it. */
    public static final class QuotaExceededException extends RuntimeException {
        private final Duration resetsIn;

        QuotaExceededException(Duration resetsIn) {
            this.resetsIn = resetsIn;
        }

        /** Returns when calls are allowed again. */
        public Duration resetsIn() {
            return resetsIn;
        }
    }

    /** The API that takes arrays. */
    public static final class Cloud {
        /** The stored readings of each call. */
        public final List<List<Reading>> calls = new CopyOnWriteArrayList<>();

        public final List<Integer> uploads = new ArrayList<>();
        public final Set<Reading> refused = new HashSet<>();
        public volatile boolean down;
        public volatile boolean answerIsLost;
        final Set<String> keys = new HashSet<>();
        volatile int attempts;
        RuntimeException bug;
        /** When the quota is renewed; null if it is not used up. */
        Duration quotaResetsIn;

        public void post(List<Reading> readings) throws IOException {
            attempts++;
            if (bug != null) {
                throw bug;
            }
            if (quotaResetsIn != null) {
                throw new QuotaExceededException(quotaResetsIn);
            }
            if (down || readings.stream().anyMatch(refused::contains)) {
                throw new IOException("500");
            }
            calls.add(List.copyOf(readings));
            if (answerIsLost) {
                throw new IOException("no answer");
            }
        }

        public void post(String idempotencyKey, List<Reading> readings) throws IOException {
            if (keys.add(idempotencyKey)) {
                post(readings);
            }
        }

        public CompletableFuture<Void> postAsync(List<Reading> readings) {
            return CompletableFuture.completedFuture(null);
        }

        public List<Integer> postAndTellRefused(List<Reading> readings) throws IOException {
            List<Integer> indexes = IntStream.range(0, readings.size())
                    .filter(index -> refused.contains(readings.get(index)))
                    .boxed()
                    .toList();
            List<Reading> rest = new ArrayList<>(readings);
            rest.removeAll(refused);
            post(rest);
            return indexes;
        }

        /** Stores the readings of one sensor. */
        public void postFor(Object sensor, List<Reading> readings) {
            if (!readings.stream().allMatch(reading -> reading.sensor().equals(sensor))) {
                throw new IllegalArgumentException("readings of another sensor than " + sensor);
            }
            calls.add(List.copyOf(readings));
        }

        public void upload(List<byte[]> pictures) {
            uploads.add(pictures.size());
        }

        /** Returns everything stored, in order. */
        List<Reading> stored() {
            return calls.stream().flatMap(List::stream).toList();
        }
    }

    /** Notifies someone. */
    public static final class Alarm {
        final List<Throwable> raised = new CopyOnWriteArrayList<>();

        public void raise(Throwable cause) {
            raised.add(cause);
        }
    }

    /** Stores items that could not be delivered. */
    public static final class Parked {
        final List<Reading> items = new CopyOnWriteArrayList<>();
        final List<Throwable> causes = new CopyOnWriteArrayList<>();

        public void store(List<Reading> readings, Throwable cause) {
            items.addAll(readings);
            if (cause != null) {
                causes.add(cause);
            }
        }
    }

    /** Returns a builder on virtual time. */
    public static <T> BatcherBuilder<T> builder(String name) {
        return time.applyTo(Batcher.builder(name));
    }

    static List<Reading> some(int count) {
        return IntStream.range(0, count).mapToObj(i -> new Reading("s" + i, i)).toList();
    }

    /** Restores the initial state; the current thread drives the time. */
    static void reset() {
        time = new VirtualTime();
        readings = null;
        database = null;
        cloud.calls.clear();
        cloud.uploads.clear();
        cloud.refused.clear();
        cloud.keys.clear();
        cloud.down = false;
        cloud.answerIsLost = false;
        cloud.attempts = 0;
        cloud.bug = null;
        cloud.quotaResetsIn = null;
        alarm.raised.clear();
        parked.items.clear();
        parked.causes.clear();
    }
}
