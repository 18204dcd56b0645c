/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.BatcherClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoreTypesTest {

    private record Place(int number) implements Position {}

    private static StoredItem item(int number, String text) {
        return new StoredItem(new Place(number), "text", text.getBytes(StandardCharsets.US_ASCII), Duration.ZERO);
    }

    @Test
    void noStringShowsContent() {
        StoredItem item = item(1, "secret");
        BatchRecord batch = new BatchRecord("readings-1", List.of(item), 1, 1);

        assertThat(item.toString()).doesNotContain("secret", "115, 101");
        assertThat(new NewItem(0, "text", "secret".getBytes(StandardCharsets.US_ASCII)).toString())
                .doesNotContain("secret", "115, 101");
        assertThat(batch.toString()).contains("readings-1").doesNotContain("secret", "115, 101");
        assertThat(Settlement.handled(List.of(item)).toString()).doesNotContain("secret", "115, 101");
    }

    @Test
    void anItemIsIdentifiedByItsPosition() {
        assertThat(item(1, "a")).isEqualTo(item(1, "b")).hasSameHashCodeAs(item(1, "b"));
        assertThat(item(1, "a")).isNotEqualTo(item(2, "a"));
    }

    @Test
    void aRecordIsChecked() {
        List<StoredItem> items = List.of(item(1, "a"));

        assertThatThrownBy(() -> new BatchRecord("", items, 1, 1)).hasMessageContaining("id");
        assertThatThrownBy(() -> new BatchRecord("x".repeat(129), items, 1, 1)).hasMessageContaining("128");
        assertThatThrownBy(() -> new BatchRecord("x", List.of(), 1, 1)).hasMessageContaining("items");
        assertThatThrownBy(() -> new BatchRecord("x", items, 0, 0)).hasMessageContaining("attempt");
        assertThatThrownBy(() -> new BatchRecord("x", items, 1, 2)).hasMessageContaining("counted");
        assertThatThrownBy(() -> new BatchRecord("x", items, 1, 1, Duration.ofNanos(-1)))
                .hasMessageContaining("retryIn");
    }

    @Test
    void whatRemainsHasAKnownOutcome() {
        BatchRecord interrupted = new BatchRecord("x", List.of(item(1, "a")), 1, 1);

        assertThat(interrupted.isInterrupted()).isTrue();
        assertThatThrownBy(() -> new Settlement(List.of(), List.of(), interrupted))
                .hasMessageContaining("retryIn");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 32_768})
    void partitionsAreBounded(int partitions) {
        PartitionListener listener = new io.batcher.store.fixtures.IgnoringListener();

        assertThatThrownBy(() -> new StoreContext("readings", partitions, BatcherClock.system(), listener))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("from 1 to 32767")
                .hasMessageContaining(String.valueOf(partitions));
        assertThatThrownBy(() -> new NewItem(-1, "text", new byte[0])).hasMessageContaining("negative");
    }
}
