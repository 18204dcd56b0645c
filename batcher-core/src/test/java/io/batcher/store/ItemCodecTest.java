/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ItemCodecTest {

    @Test
    void aCodecOfTwoFunctionsUsesThem() {
        ItemCodec<Integer> codec =
                ItemCodec.of("number-v2", item -> new byte[] {item.byteValue()}, bytes -> (int) bytes[0]);

        assertThat(codec.type()).isEqualTo("number-v2");
        assertThat(codec.read(codec.write(42))).isEqualTo(42);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "Gerät ☃ 😀", "\u0000"})
    void stringsComeBackAsTheyWere(String text) {
        assertThat(ItemCodec.strings().read(ItemCodec.strings().write(text))).isEqualTo(text);
    }

    @Test
    void stringsThatUtf8CannotRepresentAreRefused() {
        assertThatThrownBy(() -> ItemCodec.strings().write("\ud800"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("surrogate");
        assertThatThrownBy(() -> ItemCodec.strings().read(new byte[] {(byte) 0xff}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("UTF-8");
    }

    @Test
    void bytesAreStoredAsTheyAre() {
        byte[] bytes = {1, 2, 3};

        assertThat(ItemCodec.bytes().write(bytes)).isSameAs(bytes);
        assertThat(ItemCodec.bytes().read(bytes)).isSameAs(bytes);
    }

    @Test
    void aTypeHasABoundedName() {
        Function<String, byte[]> write = String::getBytes;

        assertThatThrownBy(() -> ItemCodec.of(" ", write, String::new)).hasMessageContaining("1 to 200");
        assertThatThrownBy(() -> ItemCodec.of("x".repeat(201), write, String::new))
                .hasMessageContaining("1 to 200");
        assertThat(ItemCodec.of("x".repeat(200), write, String::new).type()).hasSize(200);
    }
}
