/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;

/**
 * Assigns partitions as {@link CooperativeStickyAssignor} does, under a name of its own: Kafka lets no consumer join a group whose members
 * do not know the same assignor. So no other application's consumer receives partitions of a batcher. Public because Kafka creates it.
 */
public final class BatcherAssignor extends CooperativeStickyAssignor {

    /** What the group shows as its assignor. */
    static final String NAME = "batcher";

    @Override
    public String name() {
        return NAME;
    }
}
