/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A measurement. Every instance is valid, whether it comes from JSON or CSV.
 *
 * @param sensor name of the sensor: 1 to {@value #LONGEST_SENSOR} characters, not blank, no control characters
 * @param temperature in degrees Celsius, from {@value #COLDEST} (absolute zero) to {@value #HOTTEST}
 * @param at time of the measurement, in the years 1 to 9999
 */
public record Reading(String sensor, double temperature, Instant at) {

    /** The maximum length of a sensor name. */
    public static final int LONGEST_SENSOR = 100;

    static final double COLDEST = -273.15;
    static final double HOTTEST = 10_000;
    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z").plus(1, ChronoUnit.SECONDS);

    /**
     * Validates the values.
     *
     * @throws IllegalArgumentException if a value is invalid; the message names the rule
     */
    public Reading {
        require(!sensor.isBlank(), "sensor must not be blank");
        require(sensor.length() <= LONGEST_SENSOR, "sensor must have at most " + LONGEST_SENSOR + " characters");
        require(sensor.chars().noneMatch(Character::isISOControl), "sensor must not have control characters");
        // Also rejects NaN, for which every comparison is false.
        require(
                temperature >= COLDEST && temperature <= HOTTEST,
                "temperature must be from " + COLDEST + " to " + HOTTEST + ", but was " + temperature);
        require(!at.isBefore(EARLIEST) && at.isBefore(LATEST), "at must be in the years 1 to 9999, but was " + at);
    }

    private static void require(boolean kept, String rule) {
        if (!kept) {
            throw new IllegalArgumentException(rule);
        }
    }
}
