/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SharesTest {

    @Test
    void sharesAddUpAndDifferByOneAtMost() {
        for (int partitions = 0; partitions <= 16; partitions++) {
            for (int n = 1; n <= 8; n++) {
                List<String> members =
                        IntStream.range(0, n).mapToObj(i -> "m" + i).toList();
                int all = partitions;
                int[] shares = members.stream()
                        .mapToInt(member -> Shares.of(member, members, all))
                        .toArray();
                assertThat(IntStream.of(shares).sum()).isEqualTo(partitions);
                assertThat(IntStream.of(shares).max().orElse(0)
                                - IntStream.of(shares).min().orElse(0))
                        .isLessThanOrEqualTo(1);
            }
        }
    }

    @Test
    void whoIsNoMemberHasNoShare() {
        assertThat(Shares.of("x", List.of("a", "b"), 4)).isZero();
        assertThat(Shares.of("x", List.of(), 4)).isZero();
    }
}
