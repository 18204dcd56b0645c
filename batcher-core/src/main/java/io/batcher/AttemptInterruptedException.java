/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import java.io.Serial;

/**
 * An attempt has no outcome, because the process that made it ended: a store had recorded that it began. It counts as failed. The handler
 * may have handled the items, so they may be delivered twice.
 */
public final class AttemptInterruptedException extends BatcherException {

    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message names the batcher and the attempt
     */
    public AttemptInterruptedException(String message) {
        super(message, null);
    }
}
