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
 * A batcher with what the application knows about it: what its owner needs to watch and operate it. For a batcher that the
 * application built by itself only the name and the batcher are certain.
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

    /** Returns how long the batch that is with the handler has been there; empty if there is none. */
    default Optional<Duration> busyFor() {
        return Optional.empty();
    }

    /** Returns how long delivery has been resting; empty if it is not. */
    default Optional<Duration> pausedFor() {
        return Optional.empty();
    }

    /** Returns the last failed attempt; empty if there was none. */
    default Optional<LastFailure> lastFailure() {
        return Optional.empty();
    }

    /**
     * A failed attempt, without anything that could hold the content of an item.
     *
     * @param type the class name of the cause
     * @param at when the attempt ended
     * @param attempt which attempt with the batch it was
     */
    record LastFailure(String type, Instant at, int attempt) {}
}
