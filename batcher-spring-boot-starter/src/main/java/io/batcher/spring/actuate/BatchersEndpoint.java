/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.actuate;

import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.ManagedBatcher;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/** Endpoint to monitor batchers, to flush, pause and resume them, and to list and redrive the dead letters that a store keeps. */
@Endpoint(id = "batchers")
public class BatchersEndpoint {

    static final List<String> ACTIONS = List.of("flush", "pause", "resume", "redrive");
    static final String DEAD_LETTERS = "dead-letters";

    private static final String UNKNOWN_ACTION = "The action is not one of " + ACTIONS;

    private final BatcherRegistry registry;
    private final Duration flushTimeout;

    /**
     * Creates the endpoint.
     *
     * @param flushTimeout the maximum time to wait for a flush
     */
    public BatchersEndpoint(BatcherRegistry registry, Duration flushTimeout) {
        this.registry = registry;
        this.flushTimeout = flushTimeout;
    }

    /** Describes all batchers. */
    @ReadOperation
    public BatchersDescriptor batchers() {
        Map<String, BatcherDescriptor> batchers = new LinkedHashMap<>();
        for (ManagedBatcher batcher : registry.managed()) {
            batchers.put(batcher.name(), BatcherDescriptor.of(batcher));
        }
        return new BatchersDescriptor(batchers);
    }

    /** Describes a batcher; returns null if no batcher has this name. */
    @ReadOperation
    public @Nullable BatcherDescriptor batcher(@Selector String name) {
        ManagedBatcher batcher = find(name);
        return batcher == null ? null : BatcherDescriptor.of(batcher);
    }

    /**
     * Describes dead letters of a batcher, at most 100; returns null if no batcher has this name, or none are kept for it.
     *
     * @param what dead-letters
     * @param after the last id of the page before; null for the first page
     */
    @ReadOperation
    public @Nullable DeadLettersDescriptor deadLetters(
            @Selector String name, @Selector String what, @Nullable Long after) {
        ManagedBatcher batcher = find(name);
        return batcher == null || !what.equals(DEAD_LETTERS)
                ? null
                : batcher.batcher()
                        .deadLetters()
                        .map(letters -> DeadLettersDescriptor.of(name, letters, after == null ? 0 : after))
                        .orElse(null);
    }

    /** Flushes all batchers concurrently. */
    @WriteOperation
    public FlushesDescriptor flushAll() {
        Map<String, Flush> begun = new LinkedHashMap<>();
        for (ManagedBatcher batcher : registry.managed()) {
            begun.put(batcher.name(), Flush.begin(batcher, flushTimeout));
        }
        Map<String, FlushDescriptor> ended = new LinkedHashMap<>();
        begun.forEach((name, flush) -> ended.put(name, flush.end()));
        return new FlushesDescriptor(ended);
    }

    /** Flushes a batcher; returns null if no batcher has this name. */
    @WriteOperation
    public @Nullable FlushDescriptor flush(@Selector String name) {
        ManagedBatcher batcher = find(name);
        return batcher == null ? null : Flush.begin(batcher, flushTimeout).end();
    }

    /**
     * Performs an action on a batcher.
     *
     * @param action flush, pause, resume or redrive
     * @return the result of the flush or redrive, or the batcher after the action; null if no batcher has this name, or no dead letters
     *     are kept for it to redrive
     */
    @WriteOperation
    public @Nullable Object perform(@Selector String name, @Selector String action) {
        ManagedBatcher batcher = find(name);
        if (batcher == null) {
            return null;
        }
        return switch (action) {
            case "flush" -> flush(name);
            case "pause" -> {
                batcher.batcher().pause();
                yield BatcherDescriptor.of(batcher);
            }
            case "resume" -> {
                batcher.batcher().resume();
                yield BatcherDescriptor.of(batcher);
            }
            case "redrive" -> Redrive.all(batcher.batcher());
            default -> throw new InvalidEndpointRequestException(UNKNOWN_ACTION, UNKNOWN_ACTION);
        };
    }

    /**
     * Delivers all dead letters of a batcher again; returns null if no batcher has this name, or none are kept for it.
     *
     * @param what dead-letters
     * @param action redrive
     */
    @WriteOperation
    public @Nullable RedriveDescriptor performOn(
            @Selector String name, @Selector String what, @Selector String action) {
        ManagedBatcher batcher = find(name);
        boolean known = what.equals(DEAD_LETTERS) && action.equals("redrive");
        return batcher == null || !known ? null : Redrive.all(batcher.batcher());
    }

    private @Nullable ManagedBatcher find(String name) {
        return registry.managed().stream()
                .filter(batcher -> batcher.name().equals(name))
                .findFirst()
                .orElse(null);
    }
}
