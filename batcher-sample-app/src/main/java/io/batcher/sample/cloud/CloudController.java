/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample.cloud;

import io.batcher.sample.Reading;
import io.batcher.sample.http.BadRequestException;
import io.batcher.sample.http.ReadingJson;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** The cloud API: accepts an array of readings per call. The duration of a call does not depend on their number. */
@RestController
public final class CloudController {

    private static final Pattern ACCOUNT = Pattern.compile("[a-z-]{1,40}");
    private static final int LONGEST_KEY = 200;

    private final CloudStore store;
    private final CloudCondition condition;

    CloudController(CloudStore store, CloudCondition condition) {
        this.store = store;
        this.condition = condition;
    }

    /**
     * Stores the readings.
     *
     * @param account the sender
     * @param key idempotency key: a call with the key of an earlier call stores nothing
     */
    @PostMapping(path = "/cloud/temperatures", consumes = MediaType.APPLICATION_JSON_VALUE)
    Receipt receive(
            @RequestBody JsonNode body,
            @RequestParam(defaultValue = CloudStore.GATEWAY) String account,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key)
            throws InterruptedException {
        List<Reading> readings = ReadingJson.many(body);
        if (!ACCOUNT.matcher(account).matches()) {
            throw new BadRequestException("account must match " + ACCOUNT);
        }
        if (key != null && (key.isBlank() || key.length() > LONGEST_KEY)) {
            throw new BadRequestException("Idempotency-Key must have 1 to " + LONGEST_KEY + " characters");
        }
        condition.endure(account);
        return new Receipt(store.store(account, key == null ? UUID.randomUUID().toString() : key, readings));
    }

    /** The number of readings that the call has stored. */
    record Receipt(int stored) {}
}
