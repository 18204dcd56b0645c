/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import io.batcher.Batcher;
import io.batcher.sample.cloud.CloudServer;
import io.batcher.sample.cloud.CloudStore;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.springframework.context.SmartLifecycle;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/**
 * Sends readings to the cloud one by one and then batched, and measures both.
 *
 * <ul>
 *   <li>Both go the same way: HTTP to the built-in cloud, which needs its time per call and stores them. The clock stops when the
 *       last reading is stored. The calls are counted by the cloud.
 *   <li>The batcher has its default interval of 500 ms, so the batched run pays for waiting too.
 *   <li>The runs have accounts of their own in the cloud, removed at the end: what users sent is not touched.
 *   <li>One comparison at a time: two would measure each other.
 * </ul>
 */
@Component
class Comparison implements SmartLifecycle {

    private static final String ONE_BY_ONE = "compare-one-by-one";
    private static final String BATCHED = "compare-batched";
    private static final String WARM_UP = "compare-warm-up";
    private static final int PATIENCE_SECONDS = 30;

    private final CloudClient cloud;
    private final CloudStore store;
    private final Semaphore turn = new Semaphore(1, true);
    private volatile boolean running;

    Comparison(RestClient.Builder http, CloudServer server, CloudStore store) {
        // Always the built-in cloud, wherever the readings go: it can be asked how many calls it got.
        this.cloud = new CloudClient(http.build(), server::url);
        this.store = store;
    }

    /** What was measured. */
    record Result(int readings, Run oneByOne, Run batched) {}

    /** How many calls the cloud got, and how long the run took. */
    record Run(long calls, long millis) {}

    Result run(int count) throws InterruptedException {
        if (!turn.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new ComparisonRefusedException(HttpStatus.CONFLICT, "other comparisons are running; one at a time");
        }
        try {
            forget();
            List<Reading> readings = Stream.generate(() -> new Reading("comparison", 21.5, Instant.now()))
                    .limit(count)
                    .toList();
            cloud.send(WARM_UP, newKey(), readings.subList(0, 1));
            return new Result(
                    count,
                    measure(ONE_BY_ONE, () -> sendOneByOne(readings)),
                    measure(BATCHED, () -> sendBatched(readings)));
        } finally {
            forget();
            turn.release();
        }
    }

    private void sendOneByOne(List<Reading> readings) {
        for (Reading reading : readings) {
            if (!running) {
                throw new ComparisonRefusedException(HttpStatus.SERVICE_UNAVAILABLE, "the gateway is shutting down");
            }
            cloud.send(ONE_BY_ONE, newKey(), List.of(reading));
        }
    }

    /** Uses a batcher made on the spot, so that no setting of {@code readings}, and no traffic there, changes the result. */
    private void sendBatched(List<Reading> readings) {
        try (Batcher<Reading> batcher = Batcher.<Reading>builder("comparison")
                .handler(batch -> cloud.send(BATCHED, batch.id(), batch))
                .build()) {
            CompletableFuture.allOf(readings.stream().map(batcher::submit).toArray(CompletableFuture[]::new))
                    .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .join();
        }
    }

    private Run measure(String account, Runnable run) {
        long start = System.nanoTime();
        run.run();
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        return new Run(store.calls(account), millis);
    }

    private void forget() {
        Stream.of(WARM_UP, ONE_BY_ONE, BATCHED).forEach(store::forget);
    }

    private static String newKey() {
        return UUID.randomUUID().toString();
    }

    @Override
    public void start() {
        running = true;
    }

    /** Comes before the web server waits for its requests: a long comparison does not hold up the shutdown. */
    @Override
    public void stop() {
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
