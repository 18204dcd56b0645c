/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.BatcherStoreException;

/** Items were distributed by a number of partitions that is not the stored one any more. Nothing was stored. */
final class PartitionsChangedException extends BatcherStoreException {

    private static final long serialVersionUID = 1L;

    PartitionsChangedException(String batcher, int partitions) {
        super(
                "Cannot store items of batcher \"" + batcher + "\": it has another number of partitions since this"
                        + " instance lost contact with the database, and this instance still has " + partitions
                        + " partitions. Nothing was stored. Restart this instance",
                null);
    }
}
