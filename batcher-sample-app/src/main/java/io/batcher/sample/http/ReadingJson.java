/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample.http;

import io.batcher.sample.Reading;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Converts JSON to readings, strictly: {@code "21.5"} is not a number and {@code 7} is not a sensor, although Jackson would convert
 * them. A single invalid element rejects the whole array; the message names it.
 */
public final class ReadingJson {

    private ReadingJson() {}

    /** Reads an object or an array of objects. */
    public static List<Reading> oneOrMany(JsonNode body) {
        return body.isObject() ? List.of(one(body, "reading")) : all(body, "a reading or an array of readings");
    }

    /** Reads an array of objects. */
    public static List<Reading> many(JsonNode body) {
        return all(body, "an array of readings");
    }

    private static List<Reading> all(JsonNode body, String needed) {
        if (!body.isArray()) {
            throw new BadRequestException("the body must be " + needed + ", but is " + kind(body));
        }
        List<Reading> readings = new ArrayList<>(body.size());
        for (JsonNode element : body) {
            readings.add(one(element, "reading[" + readings.size() + "]"));
        }
        return readings;
    }

    private static Reading one(JsonNode node, String where) {
        if (!node.isObject()) {
            throw new BadRequestException(where + " must be an object, but is " + kind(node));
        }
        JsonNode sensor = node.path("sensor");
        JsonNode temperature = node.path("temperature");
        JsonNode at = node.path("at");
        require(sensor.isString(), where, "sensor must be a string", sensor);
        require(temperature.isNumber(), where, "temperature must be a number", temperature);
        require(at.isString(), where, "at must be a string such as 2010-01-01T01:00:00Z", at);
        try {
            // Not doubleValue(), which throws for an integer that no double can hold; this value is out of range.
            return new Reading(sensor.stringValue(), temperature.asDouble(Double.NaN), instant(at.stringValue()));
        } catch (IllegalArgumentException broken) {
            throw new BadRequestException(where + ": " + broken.getMessage());
        }
    }

    private static Instant instant(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException broken) {
            throw new IllegalArgumentException(
                    "at must be a date with time and zone such as 2010-01-01T01:00:00Z", broken);
        }
    }

    private static void require(boolean kept, String where, String rule, JsonNode actual) {
        if (!kept) {
            throw new BadRequestException(where + ": " + rule + ", but is " + kind(actual));
        }
    }

    private static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case MISSING -> "missing";
            case NULL -> "null";
            case ARRAY -> "an array";
            case OBJECT -> "an object";
            case STRING -> "a string";
            case NUMBER -> "a number";
            default -> "something else";
        };
    }
}
