/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample.replay;

import io.batcher.Batcher;
import io.batcher.BatcherClosedException;
import io.batcher.BatcherFullException;
import io.batcher.sample.Reading;
import io.batcher.sample.cloud.CloudClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds the readings of a CSV file to the batcher, line by line. Memory is bounded for a file of any length, because {@code add} blocks
 * while the buffer is full.
 *
 * <p>A line that is not a reading, or is too long, is reported with its number and skipped. {@link #stop} ends the replay between two
 * lines; readings that were accepted before are delivered.
 */
public final class Replay {

    private static final Logger log = LoggerFactory.getLogger(Replay.class);
    private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int MOST_REPORTED = 10;

    private final Path file;
    private final Batcher<Reading> readings;
    private final CloudClient cloud;
    private final CountDownLatch stopped = new CountDownLatch(1);

    // Used only by the thread that runs the replay.
    private long line;
    private long accepted;
    private long skipped;
    private long lastProgress;

    /** Creates a replay that has not started. */
    public Replay(Path file, Batcher<Reading> readings, CloudClient cloud) {
        this.file = file;
        this.readings = readings;
        this.cloud = cloud;
    }

    /** The result of a replay: the number of lines read, readings accepted, lines skipped, and calls to the cloud. */
    public record Summary(long lines, long accepted, long skipped, long cloudCalls) {}

    /** Runs the replay. Returns when its readings are stored or it was stopped. */
    public Summary run() throws InterruptedException {
        if (isStopped()) {
            return new Summary(0, 0, 0, 0);
        }
        log.info("Replaying {}", file);
        lastProgress = System.nanoTime();
        long callsBefore = cloud.calls();
        try (var lines = new BufferedReader(
                // Unlike Files.newBufferedReader, this replaces invalid UTF-8, so that only that line is skipped.
                new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
            feed(new BoundedLines(lines, this::isStopped));
        } catch (IOException | IllegalArgumentException broken) {
            log.error("Replay of {} failed after line {}: {}", file, line, broken.getMessage());
        }
        boolean delivered = awaitDelivery();
        var summary = new Summary(line, accepted, skipped, cloud.calls() - callsBefore);
        log.info(
                "Replay {} at line {}: {} readings accepted, {} lines skipped, {} cloud calls{}",
                delivered ? "ended" : "stopped",
                line,
                accepted,
                skipped,
                summary.cloudCalls(),
                delivered ? "" : " so far; accepted readings will be delivered");
        return summary;
    }

    /** Stops the replay, from any thread. A blocked {@code add} is not interrupted, because it blocks only briefly. */
    public void stop() {
        stopped.countDown();
    }

    private void feed(BoundedLines lines) throws IOException, InterruptedException {
        String header = Optional.ofNullable(lines.next()).orElse("");
        line++;
        CsvFormat format = CsvFormat.ofHeader(BoundedLines.requireWhole(header), sensor());
        for (String text = lines.next(); text != null && !isStopped(); text = lines.next()) {
            line++;
            Optional<Reading> reading = text.isBlank() ? Optional.empty() : parse(format, text);
            if (reading.isPresent()) {
                add(reading.get());
            }
            tellProgress();
        }
    }

    private Optional<Reading> parse(CsvFormat format, String text) {
        try {
            return Optional.of(format.parse(BoundedLines.requireWhole(text)));
        } catch (IllegalArgumentException broken) {
            skipped++;
            if (skipped <= MOST_REPORTED) {
                log.warn("Line {} skipped: {}", line, broken.getMessage());
            } else if (skipped == MOST_REPORTED + 1) {
                log.warn("Line {} skipped too; from here on they are only counted", line);
            }
            return Optional.empty();
        }
    }

    /** Retries while the buffer is full. */
    private void add(Reading reading) throws InterruptedException {
        while (!isStopped()) {
            try {
                readings.add(reading);
                accepted++;
                return;
            } catch (BatcherFullException full) {
                stopped.await(10, TimeUnit.MILLISECONDS);
            } catch (BatcherClosedException closed) {
                stop();
            }
        }
    }

    /** Returns whether all readings are stored; false if the replay was stopped before. */
    private boolean awaitDelivery() throws InterruptedException {
        while (!isStopped()) {
            try {
                readings.flush().get(500, TimeUnit.MILLISECONDS);
                return true;
            } catch (TimeoutException slow) {
                // Check whether the replay was stopped, then wait again.
            } catch (ExecutionException failed) {
                if (failed.getCause() instanceof BatcherClosedException) {
                    stop();
                } else if (!isStopped()) { // a failure during shutdown does not mean that the cloud is down
                    log.warn("The cloud rejected a batch; waiting until it accepts it");
                    stopped.await(1, TimeUnit.SECONDS);
                }
            }
        }
        return false;
    }

    private boolean isStopped() {
        return stopped.getCount() == 0;
    }

    private void tellProgress() {
        long now = System.nanoTime();
        if (now - lastProgress >= PROGRESS_NANOS) {
            lastProgress = now;
            log.info("Replay is at line {}: {} readings accepted", line, accepted);
        }
    }

    /** The file's name without its extension. */
    private String sensor() {
        String name = String.valueOf(file.getFileName()).replaceFirst("(?<=.)\\.[^.]*$", "");
        return name.substring(0, Math.min(name.length(), Reading.LONGEST_SENSOR));
    }
}
