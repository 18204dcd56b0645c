/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.batcher.Batcher;
import io.batcher.sample.cloud.CloudClient;
import io.batcher.sample.replay.Replay;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class ReplayTest extends SampleTest {

    private static final Path SEATTLE = Path.of("src/test/resources/seattle-100-hours.csv");

    @Autowired
    CloudClient cloud;

    @TempDir
    Path directory;

    @Test
    void replaysRealData() throws Exception {
        var summary = replay(SEATTLE);

        assertThat(summary.accepted()).isEqualTo(100);
        assertThat(summary.skipped()).isZero();
        List<Reading> stored = stored();
        assertThat(stored).hasSize(100);
        assertThat(stored.get(0))
                .isEqualTo(new Reading("seattle-100-hours", 4.0, Instant.parse("2010-01-01T01:00:00Z")));
    }

    @Test
    void everyRowArrivesOnceAndInOrderAndTheCallsAreFew() throws Exception {
        Path file = CsvFiles.generated(directory.resolve("generated.csv"), 9_000);

        var summary = replay(file);

        assertThat(summary.lines()).isEqualTo(9_001);
        assertThat(summary.accepted()).isEqualTo(9_000);
        assertThat(summary.cloudCalls()).isBetween(18L, 100L);
        assertThat(stored()).isEqualTo(CsvFiles.readings("generated", 9_000));
    }

    @Test
    void aFileLongerThanTheBufferWaitsForTheCloud() throws Exception {
        int rows = readings.stats().capacity() + 5_000;
        Path file = CsvFiles.generated(directory.resolve("long.csv"), rows);

        assertThat(replay(file).accepted()).isEqualTo(rows);

        assertThat(stored()).isEqualTo(CsvFiles.readings("long", rows));
        assertThat(readings.stats().dropped()).isZero();
    }

    @Test
    void aBadLineIsReportedWithItsNumberAndSkipped(CapturedOutput output) throws Exception {
        Path file = write(
                "temperature,date", "1,2010-01-01T01:00:00", "", "warm,2010-01-01T02:00:00", "3,2010-01-01T03:00:00");

        var summary = replay(file);

        assertThat(stored()).extracting(Reading::temperature).containsExactly(1.0, 3.0);
        assertThat(summary.accepted()).isEqualTo(2);
        assertThat(summary.skipped()).isEqualTo(1);
        assertThat(output).contains("Line 4 skipped: not a temperature: \"warm\"");
        assertThat(output).contains("2 readings accepted, 1 lines skipped, 1 cloud calls");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void aLineThatWouldFillTheMemoryIsSkipped(String end, CapturedOutput output) throws Exception {
        Path file = directory.resolve("huge.csv");
        try (var writer = Files.newBufferedWriter(file)) {
            writer.write("date,temperature" + end + "2010-01-01T01:00:00,1" + end);
            for (int megabyte = 0; megabyte < 50; megabyte++) {
                writer.write("x".repeat(1 << 20));
            }
            writer.write(end + end + "2010-01-01T03:00:00,3" + end + "2010-01-01T04:00:00,4");
        }

        var summary = replay(file);

        assertThat(summary.lines()).isEqualTo(6);
        assertThat(summary.accepted()).isEqualTo(3);
        assertThat(summary.skipped()).isEqualTo(1);
        assertThat(stored()).extracting(Reading::temperature).containsExactly(1.0, 3.0, 4.0);
        assertThat(output).contains("Line 3 skipped: longer than 10000 characters");
    }

    @Test
    void aFirstLineThatWouldFillTheMemoryIsRefused(CapturedOutput output) throws Exception {
        assertThat(replay(write("date,temperature" + "x".repeat(10_000), "2010-01-01T01:00:00,1"))
                        .accepted())
                .isZero();
        assertThat(output).contains("failed after line 1: longer than 10000 characters");
    }

    @Test
    void aLineWithoutEndDoesNotHoldUpTheStop() throws Exception {
        assumeThat(Path.of("/dev/zero")).exists();
        var replay = new Replay(Path.of("/dev/zero"), readings, cloud);
        var running = CompletableFuture.supplyAsync(() -> run(replay));
        assertThat(running).isNotDone();

        replay.stop();

        assertThat(running.get(1, TimeUnit.MINUTES).accepted()).isZero();
    }

    @Test
    void aReplayThatIsStoppedBeforeDoesNotBegin(CapturedOutput output) throws Exception {
        var replay = new Replay(SEATTLE, readings, cloud);
        replay.stop();

        assertThat(run(replay)).isEqualTo(new Replay.Summary(0, 0, 0, 0));
        assertThat(output).doesNotContain("Replaying");
    }

    @Test
    void aClosedBatcherEndsTheReplay(CapturedOutput output) throws Exception {
        Batcher<Reading> closed = Batcher.<Reading>builder("closed").build();
        closed.close();

        assertThat(run(new Replay(SEATTLE, closed, cloud)).accepted()).isZero();
        assertThat(output).contains("Replay stopped at line 2").doesNotContain("The cloud");
    }

    @Test
    void manyBadLinesDoNotFloodTheLog(CapturedOutput output) throws Exception {
        Path file = directory.resolve("bad.csv");
        Files.write(
                file,
                IntStream.range(0, 500)
                        .mapToObj(i -> i == 0 ? "date,temperature" : "bad")
                        .toList());

        assertThat(replay(file).skipped()).isEqualTo(499);

        assertThat(output.toString().lines().filter(line -> line.contains("skipped")))
                .hasSizeLessThan(15);
    }

    @Test
    void bytesThatAreNoTextCostTheirLineOnly() throws Exception {
        Path file = write("date,temperature", "?,1", "2010-01-01T03:00:00,3");
        byte[] bytes = Files.readAllBytes(file);
        bytes["date,temperature\n".length()] = (byte) 0xFF;
        Files.write(file, bytes);

        assertThat(replay(file))
                .extracting(Replay.Summary::accepted, Replay.Summary::skipped)
                .containsExactly(1L, 1L);
    }

    @Test
    void aFileWithoutTheColumnsIsRefusedClearly(CapturedOutput output) throws Exception {
        assertThat(replay(write("time,degrees", "x,1")).accepted()).isZero();
        assertThat(replay(write()).accepted()).isZero();

        assertThat(output).contains("the first line must name a column \"date\", but is: \"time,degrees\"");
    }

    @Test
    void aStoppedReplayKeepsWhatItHasAccepted() throws Exception {
        int rows = readings.stats().capacity() * 2;
        Path file = CsvFiles.generated(directory.resolve("endless.csv"), rows);
        readings.pause(); // Nothing leaves, so the replay waits for room for ever.
        var replay = new Replay(file, readings, cloud);
        Replay.Summary summary;
        try {
            var running = CompletableFuture.supplyAsync(() -> run(replay));
            Await.until(() -> readings.stats().depth() == readings.stats().capacity());

            replay.stop();

            summary = running.get(1, TimeUnit.MINUTES);
        } finally {
            readings.resume();
        }
        flush();
        assertThat(summary.accepted()).isEqualTo(readings.stats().capacity());
        assertThat(stored()).isEqualTo(CsvFiles.readings("endless", (int) summary.accepted()));
    }

    private Replay.Summary replay(Path file) {
        return run(new Replay(file, readings, cloud));
    }

    private static Replay.Summary run(Replay replay) {
        try {
            return replay.run();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private Path write(String... lines) throws Exception {
        return Files.write(directory.resolve("some.csv"), List.of(lines), StandardCharsets.UTF_8);
    }
}
