/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.common.Cluster;

/**
 * Assigns partitions as {@link CooperativeStickyAssignor} does, but only to consumers of batchers. Its name is its own: Kafka lets no consumer
 * join a group whose members do not know the same assignor. Each assignment has user data: Kafka then refuses a consumer with the newer group
 * protocol, for which the broker would assign. Public because Kafka creates it.
 */
public final class BatcherAssignor extends CooperativeStickyAssignor {

    /** What the group shows as its assignor. */
    static final String NAME = "batcher";

    private static final byte[] USER_DATA = NAME.getBytes(StandardCharsets.US_ASCII);

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public GroupAssignment assign(Cluster metadata, GroupSubscription subscription) {
        Map<String, Assignment> marked = new HashMap<>();
        super.assign(metadata, subscription)
                .groupAssignment()
                .forEach((member, assignment) ->
                        marked.put(member, new Assignment(assignment.partitions(), ByteBuffer.wrap(USER_DATA))));
        return new GroupAssignment(marked);
    }
}
