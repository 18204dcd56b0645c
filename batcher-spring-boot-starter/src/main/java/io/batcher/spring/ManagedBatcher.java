/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring;

import io.batcher.Batcher;
import io.batcher.BatcherConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A batcher with the data to monitor and operate it. For a batcher that the application built itself, only {@link #name} and
 * {@link #batcher} are always known.
 */
public interface ManagedBatcher {

    /** Returns the name. */
    String name();

    /** Returns the batcher. */
    Batcher<?> batcher();

    /** Returns the item type, as {@code java.util.Map<java.lang.String, com.acme.Reading>}. */
    default Optional<String> itemType() {
        return Optional.empty();
    }

    /** Returns the method that handles the batches, as {@code com.acme.ReadingService.store}. */
    default Optional<String> handler() {
        return Optional.empty();
    }

    /** Returns the options. */
    default Optional<BatcherConfig<?>> config() {
        return Optional.empty();
    }

    /** Returns how long the current attempt, the longest of several, has been running; empty if no batch is in flight. */
    default Optional<Duration> busyFor() {
        return Optional.empty();
    }

    /** Returns how long delivery has been paused; empty if it is not paused. */
    default Optional<Duration> pausedFor() {
        return Optional.empty();
    }

    /** Returns the last failed attempt; empty if there was none. */
    default Optional<LastFailure> lastFailure() {
        return Optional.empty();
    }

    /**
     * A failed attempt, without data that could contain the content of an item.
     *
     * @param type the class name of the cause
     * @param at when the attempt ended
     * @param attempt the number of the attempt, from 1
     */
    record LastFailure(String type, Instant at, int attempt) {}
}
