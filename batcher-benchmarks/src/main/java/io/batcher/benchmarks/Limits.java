/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks;

import java.time.Duration;

/** The settings of every contender, or the nearest that it supports. */
record Limits(int batchSize, int capacity, Duration interval) {

    /** For contenders that deliver a short batch only after the interval. */
    static final Limits QUICK = new Limits(1_000, 100_000, Duration.ofMillis(10));

    static final Limits DEFAULT = new Limits(1_000, 100_000, Duration.ofMillis(500));
}
