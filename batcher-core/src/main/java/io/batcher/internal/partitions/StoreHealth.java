/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.partitions;

import org.jspecify.annotations.Nullable;

/** Whether the store answers. Thread-safe. */
public final class StoreHealth {

    private volatile @Nullable String failure;

    private volatile Runnable onFailure = () -> {};

    /** Sets what is called when the store has failed: it sees to it that the store is asked again. */
    public void onFailure(Runnable onFailure) {
        this.onFailure = onFailure;
    }

    /** Records that the store has failed. */
    public void failed(Throwable thrown) {
        failure = thrown.getClass().getName();
        onFailure.run();
    }

    /** Records that the store has answered. Returns whether it had failed before. */
    public boolean answered() {
        if (failure == null) {
            return false;
        }
        failure = null;
        return true;
    }

    /** Returns the class of the last failure; null if the store has answered since. */
    public @Nullable String failure() {
        return failure;
    }
}
