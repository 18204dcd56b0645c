/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.report;

import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;

/** Writes the log lines about the store of a batcher, as {@link Log} does. Thread-safe. */
public final class StoreLog {

    private final Log log;

    /** Whether a failure was logged since the store answered last: others are reported to callers only. */
    private final AtomicBoolean failing = new AtomicBoolean();

    public StoreLog(Log log) {
        this.log = log;
    }

    public void failed(String what, String consequence, Throwable thrown) {
        failing.set(true);
        log.repeated("store: " + what, Level.WARNING, "cannot " + what, consequence, thrown);
    }

    public void answers() {
        if (failing.getAndSet(false)) {
            log.write(Level.INFO, "has a store that answers again", null);
        }
    }

    /** An attempt has ended after another process had taken over its partition. */
    public void fenced(int partition) {
        log.repeated(
                "fenced",
                Level.WARNING,
                "does not own partition " + partition + " any more: the outcome of an attempt is not recorded",
                "the process that owns it delivers the batch again",
                null);
    }

    /** Close has ended, and the store has failed to record outcomes until then. */
    public void notRecorded(int items) {
        log.write(
                Level.WARNING,
                "is closed before the store has recorded the outcome of an attempt with " + items
                        + (items == 1 ? " item" : " items")
                        + "; the process that owns the partition next delivers it again",
                null);
    }

    public void stopped(int partition, String why) {
        log.write(
                Level.ERROR,
                "cannot read the items of partition " + partition + ": " + why
                        + ". The partition is given back and not taken again for a lease; nothing was moved. Deploy a codec"
                        + " that reads them",
                null);
    }

    public void damaged(int partition, long items, String what) {
        log.write(
                Level.ERROR,
                "has a damaged store"
                        + (partition < 0 ? "" : ", partition " + partition)
                        + (items > 0 ? ", " + items + " items" : "")
                        + ": " + what,
                null);
    }

    public void refused(int items) {
        log.write(
                Level.ERROR,
                "has " + items + " stored items that its codec cannot read; they were moved to the dead letters",
                null);
    }
}
