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

/** Endpoint to monitor batchers and to flush, pause and resume them. */
@Endpoint(id = "batchers")
public class BatchersEndpoint {

    static final List<String> ACTIONS = List.of("flush", "pause", "resume");

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
     * @param action flush, pause or resume
     * @return the result of the flush, or the batcher after the action; null if no batcher has this name
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
            default -> throw new InvalidEndpointRequestException(UNKNOWN_ACTION, UNKNOWN_ACTION);
        };
    }

    private @Nullable ManagedBatcher find(String name) {
        return registry.managed().stream()
                .filter(batcher -> batcher.name().equals(name))
                .findFirst()
                .orElse(null);
    }
}
