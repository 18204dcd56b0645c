/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample.cloud;

import io.batcher.sample.Reading;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.springframework.http.MediaType;
import org.springframework.web.client.RestClient;

/** Calls the cloud API over HTTP. Thread-safe. */
public final class CloudClient {

    private final RestClient http;
    private final Supplier<String> baseUrl;
    private final AtomicLong calls = new AtomicLong();

    /**
     * Creates a client.
     *
     * @param baseUrl called for every request, because the built-in API has no port until it has started
     */
    public CloudClient(RestClient http, Supplier<String> baseUrl) {
        this.http = http;
        this.baseUrl = baseUrl;
    }

    /** Sends the readings in one call. Returns when the cloud has stored them. */
    public void send(String account, String idempotencyKey, List<Reading> readings) {
        calls.incrementAndGet();
        http.post()
                .uri(baseUrl.get() + "/cloud/temperatures?account={account}", account)
                .header("Idempotency-Key", idempotencyKey)
                .contentType(MediaType.APPLICATION_JSON)
                .body(readings)
                .retrieve()
                .toBodilessEntity();
    }

    /** Returns the number of calls, including failed ones. */
    public long calls() {
        return calls.get();
    }
}
