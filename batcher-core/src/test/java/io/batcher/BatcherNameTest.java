/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The name of a batcher: {@code [a-z][a-z0-9]*(-[a-z0-9]+)*}, at most 64 characters. */
class BatcherNameTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "a1", "readings", "sensor-readings", "a-1-b", "x2-y3"})
    void aValidNameIsAccepted(String name) {
        assertThat(Batcher.builder(name).build().name()).isEqualTo(name);
    }

    @Test
    void aNameHasAtMost64Characters() {
        assertThat(Batcher.builder("a".repeat(64)).config().name()).hasSize(64);
        assertThatThrownBy(() -> Batcher.builder("a".repeat(65)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("name must match [a-z][a-z0-9]*(-[a-z0-9]+)* and have at most 64 characters, but was \""
                        + "a".repeat(64) + "...\"; use a name like \"" + "a".repeat(64) + "\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "-",
                "A",
                "1a",
                "a-",
                "-a",
                "a--b",
                "a_b",
                "a.b",
                "a b",
                "é",
                "aB",
                "a\n",
                "a/b",
                "%s",
                "sensorReadings"
            })
    void aBadNameIsRejectedWithRuleValueAndAValidSuggestion(String name) {
        assertThatThrownBy(() -> Batcher.builder(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "name must match [a-z][a-z0-9]*(-[a-z0-9]+)* and have at most 64 characters, but was \"" + name
                                + "\"; use a name like \"")
                .satisfies(thrown -> {
                    String suggestion = thrown.getMessage().replaceAll("(?s).*\"; use a name like \"(.*)\"", "$1");
                    assertThat(Batcher.builder(suggestion).config().name()).isEqualTo(suggestion);
                });
    }

    @Test
    void theSuggestionKeepsTheWords() {
        assertThatThrownBy(() -> Batcher.builder("sensorReadings_v2"))
                .hasMessageEndingWith("use a name like \"sensor-readings-v2\"");
    }
}
