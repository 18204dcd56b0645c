/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store;

import io.batcher.BatcherStoreException;
import java.io.Serial;

/** Another process owns the partition, or none does: nothing was changed, and no attempt may begin. */
public final class PartitionLostException extends BatcherStoreException {

    @Serial
    private static final long serialVersionUID = 1L;

    /** Creates the exception with a message that names batcher and partition. */
    public PartitionLostException(String batcher, int partition) {
        super(
                "Batcher \"" + batcher + "\" no longer owns partition " + partition
                        + ": its lease ended and another process took over. The outcome of the running attempt is not recorded",
                null);
    }
}
