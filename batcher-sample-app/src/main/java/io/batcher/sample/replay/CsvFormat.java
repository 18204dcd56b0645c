/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample.replay;

import io.batcher.sample.Reading;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/**
 * Parses the lines of a CSV file by the column names in its header line. Cells may be quoted; a quoted cell ends on its line.
 *
 * @param sensor the sensor of every reading
 * @param date index of the column {@code date}
 * @param temperature index of the column {@code temperature}
 */
record CsvFormat(String sensor, int date, int temperature) {

    private static final int MOST_SHOWN = 40;

    /**
     * Finds the columns.
     *
     * @throws IllegalArgumentException if one is missing
     */
    static CsvFormat ofHeader(String line, String sensor) {
        List<String> names = cells(line.startsWith("\uFEFF") ? line.substring(1) : line);
        return new CsvFormat(sensor, indexOf("date", names), indexOf("temperature", names));
    }

    /**
     * Parses a line. A date without zone is UTC.
     *
     * @throws IllegalArgumentException if it is not a reading; the message says why
     */
    Reading parse(String line) {
        List<String> cells = cells(line);
        if (cells.size() <= Math.max(date, temperature)) {
            throw new IllegalArgumentException("too few cells: " + cells.size());
        }
        String dateText = cells.get(date);
        String temperatureText = cells.get(temperature);
        try {
            var when = DateTimeFormatter.ISO_DATE_TIME.parseBest(dateText, OffsetDateTime::from, LocalDateTime::from);
            var at = when instanceof OffsetDateTime zoned ? zoned : ((LocalDateTime) when).atOffset(ZoneOffset.UTC);
            return new Reading(sensor, Double.parseDouble(temperatureText), at.toInstant());
        } catch (DateTimeException broken) {
            throw new IllegalArgumentException("not a date with time: " + shown(dateText), broken);
        } catch (NumberFormatException broken) {
            throw new IllegalArgumentException("not a temperature: " + shown(temperatureText), broken);
        }
    }

    private static int indexOf(String column, List<String> names) {
        for (int i = 0; i < names.size(); i++) {
            if (names.get(i).equalsIgnoreCase(column)) {
                return i;
            }
        }
        throw new IllegalArgumentException(
                "the first line must name a column \"" + column + "\", but is: " + shown(String.join(",", names)));
    }

    private static List<String> cells(String line) {
        List<String> cells = new ArrayList<>();
        var cell = new StringBuilder();
        boolean quoted = false;
        for (char c : line.toCharArray()) {
            if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                cells.add(cell.toString().strip());
                cell.setLength(0);
            } else {
                cell.append(c);
            }
        }
        cells.add(cell.toString().strip());
        return cells;
    }

    private static String shown(String text) {
        return '"' + (text.length() > MOST_SHOWN ? text.substring(0, MOST_SHOWN) + "..." : text) + '"';
    }
}
