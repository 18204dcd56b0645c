/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.report;

import io.batcher.BatcherClosedException;
import io.batcher.BatcherConfig;
import io.batcher.BatcherFullException;
import org.jspecify.annotations.Nullable;

/** The exceptions of calls and items that a batcher refuses. */
public final class Refusals {

    private Refusals() {}

    public static BatcherClosedException closed(BatcherConfig<?> config, @Nullable Throwable cause) {
        return new BatcherClosedException("batcher \"" + config.name() + "\" is closed", cause);
    }

    public static BatcherFullException full(BatcherConfig<?> config) {
        return new BatcherFullException("batcher \"" + config.name() + "\" is full: its capacity of "
                + config.capacity() + " items is used up and the overflow policy is " + config.overflow());
    }
}
