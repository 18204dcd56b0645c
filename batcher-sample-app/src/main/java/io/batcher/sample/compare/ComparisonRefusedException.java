/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample.compare;

import org.springframework.http.HttpStatus;

/** Thrown when the comparison cannot run now; the message tells the caller why. */
public final class ComparisonRefusedException extends RuntimeException {

    private final HttpStatus status;

    ComparisonRefusedException(HttpStatus status, String message) {
        super(message);
        this.status = status;
    }

    HttpStatus status() {
        return status;
    }
}
