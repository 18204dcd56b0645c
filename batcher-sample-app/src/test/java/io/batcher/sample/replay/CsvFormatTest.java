/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.batcher.sample.Reading;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvFormatTest {

    private static final Reading READING = new Reading("s1", 4.0, Instant.parse("2010-01-01T01:00:00Z"));

    @Test
    void findsItsColumnsByNameAndIgnoresTheOthers() {
        var format = CsvFormat.ofHeader("date,pressure,temperature,wind", "s1");

        assertThat(format.parse("2010-01-01T01:00:00,1016.6,4.0,3.8")).isEqualTo(READING);
    }

    @Test
    void theOrderOfTheColumnsAndTheCaseOfTheirNamesDoNotMatter() {
        var format = CsvFormat.ofHeader("\uFEFFTemperature, DATE ", "s1");

        assertThat(format.parse("4.0, 2010-01-01T01:00:00 ")).isEqualTo(READING);
    }

    @Test
    void quotedCellsMayHaveCommas() {
        var format = CsvFormat.ofHeader("\"place\",\"date\",\"temperature\"", "s1");

        assertThat(format.parse("\"Seattle, \"\"WA\"\"\",\"2010-01-01T01:00:00\",\"4.0\""))
                .isEqualTo(READING);
    }

    @Test
    void aDateWithoutZoneIsUtcAndAZoneIsHonoured() {
        var format = CsvFormat.ofHeader("date,temperature", "s1");

        assertThat(format.parse("2010-01-01T01:00:00Z,4.0")).isEqualTo(READING);
        assertThat(format.parse("2010-01-01T02:00:00+01:00,4.0")).isEqualTo(READING);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2010-01-01T01:00:00",
                "2010-01-01T01:00:00,",
                "2010-01-01T01:00:00,warm",
                "2010-01-01T01:00:00,NaN",
                "2010-01-01T01:00:00,1e9",
                "2010-01-01,4.0",
                "yesterday,4.0",
                ",4.0",
                "\"2010-01-01T01:00:00,4.0"
            })
    void whatIsNoReadingIsRefused(String line) {
        var format = CsvFormat.ofHeader("date,temperature", "s1");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> format.parse(line))
                .withMessageMatching("(?s).+");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "date", "temperature", "date;temperature", "2010-01-01T01:00:00,4.0"})
    void aHeaderWithoutTheColumnsIsRefused(String header) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CsvFormat.ofHeader(header, "s1"))
                .withMessageStartingWith("the first line must name a column");
    }
}
