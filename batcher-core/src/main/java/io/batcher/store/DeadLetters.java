/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store;

import java.time.Duration;
import java.util.Collection;
import java.util.List;

/** The dead letters of one batcher. Thread-safe. Methods block and throw {@link io.batcher.BatcherStoreException} as those of the session. */
public interface DeadLetters {

    /**
     * A letter without its content.
     *
     * @param id identifies it in this store
     * @param type the name of the codec's format
     * @param attempts how many attempts were made
     * @param errorType why it was given up
     * @param age how long ago
     */
    record Letter(long id, String type, int attempts, String errorType, Duration age) {}

    /**
     * A letter to deliver again.
     *
     * @param id the letter's id
     * @param item what to append in its place
     */
    record Redrive(long id, NewItem item) {}

    /** Returns how many letters there are. */
    long count();

    /**
     * Returns letters without their contents, by id.
     *
     * @param afterId the last id of the page before; 0 for the first page
     * @param max the most letters
     * @throws IllegalArgumentException if max is negative
     */
    List<Letter> list(long afterId, int max);

    /** Reads letters for a redrive. Those that do not exist any more, or are damaged, are left out. */
    List<Content> read(Collection<Long> ids);

    /**
     * A letter with its content.
     *
     * @param id the letter's id
     * @param item the item as it was; its age is that of the letter
     */
    record Content(long id, StoredItem item) {}

    /**
     * Removes letters and appends items in their place, in one transaction, in the given order. Letters that do not exist any more
     * append nothing, so that two redrives do not deliver twice.
     *
     * @return how many were appended
     */
    int redrive(List<Redrive> letters);

    /** Removes letters that are older. Returns how many. */
    int purge(Duration olderThan);
}
