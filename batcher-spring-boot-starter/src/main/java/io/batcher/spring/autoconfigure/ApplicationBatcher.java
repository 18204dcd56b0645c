/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import io.batcher.Batcher;
import io.batcher.BatcherConfig;
import io.batcher.spring.ManagedBatcher;
import java.time.Duration;
import java.util.Optional;

/** A batcher that the application built by itself: nobody listens to it. */
record ApplicationBatcher(String name, Batcher<?> batcher, Optional<String> itemType) implements ManagedBatcher {

    @Override
    public Optional<String> handler() {
        return Optional.empty();
    }

    @Override
    public Optional<BatcherConfig<?>> config() {
        return Optional.empty();
    }

    @Override
    public Optional<Duration> busyFor() {
        return Optional.empty();
    }

    @Override
    public Optional<Duration> pausedFor() {
        return Optional.empty();
    }

    @Override
    public Optional<LastFailure> lastFailure() {
        return Optional.empty();
    }
}
