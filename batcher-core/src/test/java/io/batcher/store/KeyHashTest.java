/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyHashTest {

    /** Stored items lie in partitions by these figures: they never change. */
    @Test
    void hashesAreThoseOfTheStoredFormat() {
        assertThat(KeyHash.hash("")).isEqualTo(-1421968373);
        assertThat(KeyHash.hash("sensor-1")).isEqualTo(597992005);
        assertThat(KeyHash.hash("Gerät ☃ 😀")).isEqualTo(-849848967);
        assertThat(KeyHash.hash(42)).isEqualTo(686566589);
    }

    @Test
    void aKeyIsHashedByItsText() {
        UUID id = UUID.fromString("00000000-0000-0001-0000-000000000002");

        assertThat(KeyHash.hash(42L)).isEqualTo(KeyHash.hash("42")).isEqualTo(KeyHash.hash(42));
        assertThat(KeyHash.hash(id)).isEqualTo(KeyHash.hash(id.toString()));
        assertThat(KeyHash.hash(TimeUnit.DAYS)).isEqualTo(KeyHash.hash("DAYS"));
        assertThat(KeyHash.hash(new BigDecimal("1.0"))).isNotEqualTo(KeyHash.hash(new BigDecimal("1")));
    }

    /** Its {@code toString} is another than its name. */
    private enum Named {
        ONE;

        @Override
        public String toString() {
            return "one";
        }
    }

    @Test
    void anEnumIsHashedByItsName() {
        assertThat(KeyHash.hash(Named.ONE)).isEqualTo(KeyHash.hash("ONE"));
    }

    @Test
    void anotherTypeIsRefusedWithItsName() {
        assertThatThrownBy(() -> KeyHash.partition(List.of("a"), 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(List.of("a").getClass().getName())
                .hasMessageContaining("String, Number, UUID or enum");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 16, 32_767})
    void partitionsAreInRange(int partitions) {
        for (int i = 0; i < 1_000; i++) {
            assertThat(KeyHash.partition("key-" + i, partitions)).isBetween(0, partitions - 1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"%d", "sensor-%d", "%08x", "key-%d-suffix"})
    void shortKeysSpreadEvenly(String format) {
        int[] counts = new int[16];
        for (int i = 0; i < 16_000; i++) {
            counts[KeyHash.partition(String.format(format, i), 16)]++;
        }
        for (int count : counts) {
            assertThat(count).isBetween(800, 1_200);
        }
    }
}
