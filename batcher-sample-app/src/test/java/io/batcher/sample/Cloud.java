/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;

/** Breaks and repairs the built-in cloud over HTTP. */
final class Cloud {

    private Cloud() {}

    static RestTestClient.ResponseSpec patch(RestTestClient http, String condition) {
        return http.patch()
                .uri("/cloud/condition")
                .contentType(MediaType.APPLICATION_JSON)
                .body(condition)
                .exchange();
    }

    static void change(RestTestClient http, String condition) {
        patch(http, condition).expectStatus().isOk();
    }
}
