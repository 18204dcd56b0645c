/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample.compare;

import io.batcher.Batcher;
import io.batcher.sample.Reading;
import io.batcher.sample.cloud.CloudClient;
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
 *   <li>Both runs use HTTP to the built-in cloud, which has a fixed latency per call. The time ends when the last reading is stored. The
 *       cloud counts the calls.
 *   <li>The batcher has its default interval of 500 ms, which is part of the batched time.
 *   <li>The runs use accounts of their own in the cloud, which are deleted at the end: the readings of users are not affected.
 *   <li>Comparisons run one at a time, because concurrent ones would slow each other down.
 * </ul>
 */
@Component
public class Comparison implements SmartLifecycle {

    private static final String ONE_BY_ONE = "compare-one-by-one";
    private static final String BATCHED = "compare-batched";
    private static final String WARM_UP = "compare-warm-up";
    private static final int PATIENCE_SECONDS = 30;

    private final CloudClient cloud;
    private final CloudStore store;
    private final Semaphore turn = new Semaphore(1, true);
    private volatile boolean running;

    Comparison(RestClient.Builder http, CloudServer server, CloudStore store) {
        // Always the built-in cloud, even if the readings go elsewhere: it can report how many calls it received.
        this.cloud = new CloudClient(http.build(), server::url);
        this.store = store;
    }

    /** The result of a comparison. */
    public record Result(int readings, Run oneByOne, Run batched) {}

    /** The number of calls that the cloud received, and the duration of the run. */
    public record Run(long calls, long millis) {}

    /**
     * Runs the comparison, after one that is already running.
     *
     * @throws ComparisonRefusedException if that one takes too long, or the gateway is shutting down
     */
    public Result run(int count) throws InterruptedException {
        if (!turn.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new ComparisonRefusedException(HttpStatus.CONFLICT, "another comparison is running; try again later");
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

    /** Uses a batcher of its own, so that neither the settings of {@code readings} nor its traffic influence the result. */
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

    /** Runs before the web server waits for requests in flight, so that a long comparison does not delay the shutdown. */
    @Override
    public void stop() {
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
