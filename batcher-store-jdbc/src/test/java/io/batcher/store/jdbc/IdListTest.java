/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class IdListTest {

    @Test
    void idsComeBackInTheirOrder() {
        long[][] lists = {
            {}, {1}, {1, 2, 3}, {5, 3, 9}, {Long.MAX_VALUE, 1, Long.MAX_VALUE}, {0, -1, Long.MIN_VALUE, Long.MAX_VALUE}
        };
        for (long[] ids : lists) {
            assertThat(IdList.decode(IdList.encode(ids))).isEqualTo(ids);
        }
    }

    @Test
    void randomIdsComeBack() {
        Random random = new Random(1);
        for (int i = 0; i < 200; i++) {
            long[] ids = random.longs(random.nextInt(50))
                    .map(id -> id >> random.nextInt(64))
                    .toArray();
            assertThat(IdList.decode(IdList.encode(ids))).isEqualTo(ids);
        }
    }

    @Test
    void consecutiveIdsTakeAByteEach() {
        assertThat(IdList.encode(LongStream.range(1_000_000, 1_001_000).toArray()))
                .hasSizeLessThan(1_010);
    }

    /** Recorded batches are read by later versions: this never changes. */
    @Test
    void theFormatIsThatOfStoredBatches() {
        assertThat(HexFormat.of().formatHex(IdList.encode(new long[] {1000, 1001, 1003, 1002})))
                .isEqualTo("01d00f020401");
    }

    @Test
    void bytesThatAreNoListAreRefused() {
        byte[] list = IdList.encode(new long[] {1_000_000, 2_000_000});

        assertThatThrownBy(() -> IdList.decode(new byte[0])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> IdList.decode(new byte[] {2, 2})).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> IdList.decode(Arrays.copyOf(list, list.length - 1)))
                .isInstanceOf(IllegalArgumentException.class);
        byte[] endless = new byte[30];
        Arrays.fill(endless, (byte) 0xff);
        endless[0] = 1;
        assertThatThrownBy(() -> IdList.decode(endless)).isInstanceOf(IllegalArgumentException.class);
    }
}
