/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring;

import io.batcher.Batcher;
import java.util.Collection;
import java.util.Set;

/**
 * The batchers of the application by name: those that the starter creates, and every other singleton bean of type
 * {@link Batcher} once it exists. Thread-safe.
 */
public interface BatcherRegistry {

    /**
     * Returns a batcher.
     *
     * @throws IllegalArgumentException if no batcher has this name; the message lists the known names
     */
    Batcher<?> get(String name);

    /**
     * Returns a batcher with the given item type.
     *
     * @param itemType the item type; for a generic type such as {@code Map<String, Reading>}, its raw class
     * @throws IllegalArgumentException if no batcher has this name, or if its items are of another type
     */
    <T> Batcher<T> get(String name, Class<T> itemType);

    /** Returns the names, sorted. */
    Set<String> names();

    /** Returns the batchers, sorted by name. */
    Collection<Batcher<?>> all();

    /**
     * Returns the batchers with the starter's data about them, sorted by name. Leaves out test doubles without statistics,
     * such as mocks.
     */
    Collection<ManagedBatcher> managed();
}
