/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import io.batcher.Batcher;
import io.batcher.BatcherClosedException;
import io.batcher.BatcherFullException;
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
 * Feeds the readings of one CSV file to the batcher, line by line: however long the file, only what waits for the cloud is in
 * memory, because {@code add} waits while the buffer is full.
 *
 * <p>A line that is no reading, or too long to be one, is reported with its number and skipped. {@link #stop} ends the replay between two lines; what was
 * accepted until then is delivered like any reading.
 */
final class Replay {

    private static final Logger log = LoggerFactory.getLogger(Replay.class);
    private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int MOST_REPORTED = 10;

    private final Path file;
    private final Batcher<Reading> readings;
    private final CloudClient cloud;
    private final CountDownLatch stopped = new CountDownLatch(1);

    // Used by the thread that runs the replay.
    private long line;
    private long accepted;
    private long skipped;
    private long lastProgress;

    Replay(Path file, Batcher<Reading> readings, CloudClient cloud) {
        this.file = file;
        this.readings = readings;
        this.cloud = cloud;
    }

    /** What a replay has done: the lines it has read, and what became of them. */
    record Summary(long lines, long accepted, long skipped, long cloudCalls) {}

    /** Runs the replay; returns when its readings are stored or it was stopped. */
    Summary run() throws InterruptedException {
        if (isStopped()) {
            return new Summary(0, 0, 0, 0);
        }
        log.info("Replaying {}", file);
        lastProgress = System.nanoTime();
        long callsBefore = cloud.calls();
        try (var lines = new BufferedReader(
                // Unlike Files.newBufferedReader this replaces bytes that are no UTF-8, so that they cost a line and
                // not the rest.
                new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
            feed(new BoundedLines(lines, this::isStopped));
        } catch (IOException | IllegalArgumentException broken) {
            log.error("Replay of {} cannot go on after line {}: {}", file, line, broken.getMessage());
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
                delivered ? "" : " so far; what was accepted will be delivered");
        return summary;
    }

    /** Ends the replay soon, from any thread. An {@code add} that waits for room is not interrupted: its wait is short. */
    void stop() {
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

    /** Keeps trying while the cloud is slow or away: a file can wait. */
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

    /** Returns whether all is stored; false if the replay was stopped before. */
    private boolean awaitDelivery() throws InterruptedException {
        while (!isStopped()) {
            try {
                readings.flush().get(500, TimeUnit.MILLISECONDS);
                return true;
            } catch (TimeoutException slow) {
                // Look whether the replay was stopped, and go on waiting.
            } catch (ExecutionException failed) {
                if (failed.getCause() instanceof BatcherClosedException) {
                    stop();
                } else if (!isStopped()) { // a batch that fails at a shutdown says nothing of the cloud
                    log.warn("The cloud did not take a batch; waiting until it does");
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
