/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** CSV files of any length with distinct rows, and the readings that they stand for. */
final class CsvFiles {

    private static final LocalDateTime START = LocalDateTime.of(2010, 1, 1, 0, 0);

    private CsvFiles() {}

    static Path generated(Path file, int rows) throws IOException {
        Stream<String> lines = IntStream.range(0, rows)
                .mapToObj(i -> START.plusSeconds(i).format(DateTimeFormatter.ISO_DATE_TIME) + ",1016.6,"
                        + temperature(i) + ",3.8");
        Files.write(
                file, (Iterable<String>) Stream.concat(Stream.of("date,pressure,temperature,wind"), lines)::iterator);
        return file;
    }

    static List<Reading> readings(String sensor, int rows) {
        return IntStream.range(0, rows)
                .mapToObj(i -> new Reading(sensor, temperature(i), at(i)))
                .toList();
    }

    private static Instant at(int row) {
        return START.plusSeconds(row).toInstant(ZoneOffset.UTC);
    }

    private static double temperature(int row) {
        return row % 400 / 10.0;
    }
}
