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
    Optional<String> itemType();

    /** Returns the method that handles the batches, as {@code com.acme.ReadingService.store}. */
    Optional<String> handler();

    /** Returns the options. */
    Optional<BatcherConfig<?>> config();

    /** Returns how long the batch that is with the handler has been there; empty if there is none. */
    Optional<Duration> busyFor();

    /** Returns how long delivery has been resting; empty if it is not. */
    Optional<Duration> pausedFor();

    /** Returns the last failed attempt; empty if there was none. */
    Optional<LastFailure> lastFailure();

    /**
     * A failed attempt, without anything that could hold the content of an item.
     *
     * @param type the class name of the cause
     * @param at when the attempt ended
     * @param attempt which attempt with the batch it was
     */
    record LastFailure(String type, Instant at, int attempt) {}
}
