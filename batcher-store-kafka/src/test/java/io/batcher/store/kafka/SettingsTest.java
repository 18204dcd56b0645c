/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {

    private static final String FETCH_WAIT = "fetch.max.wait.ms";

    private static Map<String, Object> consumer(Map<String, Object> given) {
        return new Settings("", Duration.ofSeconds(1), null, Map.of(), Map.of(), given)
                .consumer("readings", "readings");
    }

    @Test
    void emptyPartitionsHoldUpTheFetchOfOthersForAShortTime() {
        assertThat(consumer(Map.of())).containsEntry(FETCH_WAIT, 100);
        assertThat(consumer(Map.of(FETCH_WAIT, 500))).containsEntry(FETCH_WAIT, 500);
    }

    @Test
    void whatTheGuaranteesDependOnIsSetWhateverIsGiven() {
        Map<String, Object> careless = Map.of(
                "enable.auto.commit", true,
                "auto.offset.reset", "latest",
                "isolation.level", "read_uncommitted",
                "group.id", "other",
                "group.protocol", "consumer");
        assertThat(consumer(careless))
                .containsEntry("enable.auto.commit", false)
                .containsEntry("auto.offset.reset", "none")
                .containsEntry("isolation.level", "read_committed")
                .containsEntry("group.id", "readings")
                .containsEntry("group.protocol", "CLASSIC");
    }
}
