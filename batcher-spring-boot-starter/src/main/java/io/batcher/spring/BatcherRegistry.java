/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring;

import io.batcher.Batcher;
import java.util.Collection;
import java.util.Set;

/**
 * The batchers of the application by name: those that the starter makes, and every other singleton bean of type
 * {@link Batcher}, once it exists. Thread-safe.
 */
public interface BatcherRegistry {

    /**
     * Returns a batcher.
     *
     * @throws IllegalArgumentException if there is none of that name; the message lists those that exist
     */
    Batcher<?> get(String name);

    /**
     * Returns a batcher of a certain item type.
     *
     * @param itemType the item type; of a generic one, such as {@code Map<String, Reading>}, the class
     * @throws IllegalArgumentException if there is none of that name, or its items are of another type
     */
    <T> Batcher<T> get(String name, Class<T> itemType);

    /** Returns the names, sorted. */
    Set<String> names();

    /** Returns the batchers, sorted by name. */
    Collection<Batcher<?>> all();

    /**
     * Returns the batchers with what the application knows about them, sorted by name. A bean that stands in for a batcher in
     * a test and has no statistics, such as a mock, is not among them.
     */
    Collection<ManagedBatcher> managed();
}
