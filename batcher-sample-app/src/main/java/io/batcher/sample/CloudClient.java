/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.springframework.http.MediaType;
import org.springframework.web.client.RestClient;

/** Calls the cloud API over HTTP. Thread-safe. */
final class CloudClient {

    private final RestClient http;
    private final Supplier<String> baseUrl;
    private final AtomicLong calls = new AtomicLong();

    /**
     * Creates a client.
     *
     * @param baseUrl asked at every call, as the built-in API has a port only once it has started
     */
    CloudClient(RestClient http, Supplier<String> baseUrl) {
        this.http = http;
        this.baseUrl = baseUrl;
    }

    /** Sends the readings in one call; returns when the cloud has stored them. */
    void send(String account, String idempotencyKey, List<Reading> readings) {
        calls.incrementAndGet();
        http.post()
                .uri(baseUrl.get() + "/cloud/temperatures?account={account}", account)
                .header("Idempotency-Key", idempotencyKey)
                .contentType(MediaType.APPLICATION_JSON)
                .body(readings)
                .retrieve()
                .toBodilessEntity();
    }

    /** Returns how many calls were made, failed ones included. */
    long calls() {
        return calls.get();
    }
}
