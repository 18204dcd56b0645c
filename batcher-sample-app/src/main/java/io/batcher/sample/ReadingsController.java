/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import static io.batcher.sample.BadRequestException.requireInRange;

import io.batcher.Batcher;
import io.batcher.sample.cloud.CloudStore;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** Takes readings from sensors, and shows which of them have arrived in the cloud. */
@RestController
@RequestMapping("/api/readings")
class ReadingsController {

    private static final int LARGEST_PAGE = 10_000;

    private final Batcher<Reading> readings;
    private final CloudStore store;

    ReadingsController(Batcher<Reading> readings, CloudStore store) {
        this.readings = readings;
        this.store = store;
    }

    /** Answers as soon as the readings are in the batcher; an array is taken as a whole or not at all. */
    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.ACCEPTED)
    Accepted add(@RequestBody JsonNode body) {
        List<Reading> received = ReadingJson.oneOrMany(body);
        requireItCanEverFit(received.size());
        readings.addMany(received);
        return new Accepted(received.size());
    }

    /** Returns what the cloud has stored, in the order in which it arrived there. */
    @GetMapping
    List<Reading> stored(@RequestParam(defaultValue = "0") int offset, @RequestParam(defaultValue = "100") int limit) {
        requireInRange("offset", offset, 0, Integer.MAX_VALUE);
        requireInRange("limit", limit, 1, LARGEST_PAGE);
        return store.readings(CloudStore.GATEWAY, offset, limit);
    }

    @GetMapping("/count")
    Count count() {
        return new Count(store.count(CloudStore.GATEWAY));
    }

    /** An array larger than the buffer is refused for ever; "try again later" would be a lie. */
    private void requireItCanEverFit(int size) {
        int capacity = readings.stats().capacity();
        if (size > capacity) {
            String detail = "at most " + capacity + " readings fit into one request, but it has " + size;
            throw new ErrorResponseException(
                    HttpStatus.CONTENT_TOO_LARGE,
                    ProblemDetail.forStatusAndDetail(HttpStatus.CONTENT_TOO_LARGE, detail),
                    null);
        }
    }

    record Accepted(int accepted) {}

    record Count(long count) {}
}
