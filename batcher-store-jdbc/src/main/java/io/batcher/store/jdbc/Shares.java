/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import java.util.List;

/** How many partitions each instance owns. */
final class Shares {

    private Shares() {}

    /**
     * Returns the share of a member: the partitions divided by the members, and one more for the first of them until none is left.
     *
     * @param members sorted; a member that is not among them has no share
     */
    static int of(String member, List<String> members, int partitions) {
        int rank = members.indexOf(member);
        if (rank < 0) {
            return 0;
        }
        return partitions / members.size() + (rank < partitions % members.size() ? 1 : 0);
    }
}
