/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample.gateway;

import static io.batcher.sample.http.BadRequestException.requireInRange;

import io.batcher.Batcher;
import io.batcher.sample.Reading;
import io.batcher.sample.cloud.CloudStore;
import io.batcher.sample.http.ReadingJson;
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

/** Accepts readings from sensors, and returns the readings that the cloud has stored. */
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

    /** Responds as soon as the readings are in the batcher. An array is accepted as a whole or not at all. */
    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.ACCEPTED)
    Accepted add(@RequestBody JsonNode body) {
        List<Reading> received = ReadingJson.oneOrMany(body);
        requireFitsIntoBuffer(received.size());
        readings.addMany(received);
        return new Accepted(received.size());
    }

    /** Returns the readings that the cloud has stored, in order of arrival. */
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

    /** Responds with 413 and not 429: an array larger than the buffer can never be accepted. */
    private void requireFitsIntoBuffer(int size) {
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
