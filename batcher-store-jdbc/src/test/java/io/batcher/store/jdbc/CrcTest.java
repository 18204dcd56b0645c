/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CrcTest {

    /** Stored items are checked by later versions: this never changes. */
    @Test
    void theChecksumIsThatOfStoredItems() {
        assertThat(Crc.of("string", "a".getBytes(StandardCharsets.UTF_8))).isEqualTo(1951169070);
    }

    @Test
    void typeAndPayloadCount() {
        byte[] payload = {1, 2, 3};

        assertThat(Crc.of("a", payload)).isNotEqualTo(Crc.of("b", payload));
        assertThat(Crc.of("a", payload)).isNotEqualTo(Crc.of("a", new byte[] {1, 2, 4}));
        assertThat(Crc.of("ab", new byte[] {'c'})).isNotEqualTo(Crc.of("a", new byte[] {'b', 'c'}));
    }
}
