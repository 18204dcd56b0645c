/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

/** An item. */
record Reading(String sensor, double value) {

    Reading(String sensor) {
        this(sensor, 0);
    }
}
