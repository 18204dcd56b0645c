/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.docs;

import static io.batcher.docs.Fixtures.cloud;
import static io.batcher.spring.fixtures.Contexts.configOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.docs.Fixtures.Reading;
import io.batcher.docs.snippet.GatewayApplication;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The examples and claims of docs/keys.md. */
class KeysPageTest extends PageTest {

    private static final Reading A1 = new Reading("a", 1);
    private static final Reading A2 = new Reading("a", 2);
    private static final Reading B1 = new Reading("b", 1);

    KeysPageTest() {
        super("docs/keys.md");
    }

    @Test
    void thereAreEightLanes() throws Exception {
        Batcher<Reading> readings = readings(java("Order per key, several calls at once"));
        assertThat(readings.stats().lanes()).isEqualTo(8);
        readings.addMany(List.of(A1, B1, A2));
        advance(Duration.ofMillis(500));
        assertThat(cloud.stored()).containsExactlyInAnyOrder(A1, B1, A2);
        assertThat(cloud.stored().indexOf(A1)).isLessThan(cloud.stored().indexOf(A2));
    }

    @Test
    void aBatchHasOneKey() throws Exception {
        Batcher<Reading> readings = readings(java("A batch per key"));
        readings.addMany(List.of(A1, B1, A2));
        assertThat(readings.stats().lanes()).isEqualTo(2);
        advance(Duration.ofMillis(500));
        assertThat(cloud.calls).containsExactlyInAnyOrder(List.of(A1, A2), List.of(B1));
        assertThat(readings.stats().lanes()).isZero();
    }

    @Test
    void thePropertiesMeanTheSameAsTheBuilder() {
        Yaml.with(yaml("With Spring Boot"), application(GatewayApplication.class))
                .run(context -> assertThat(configOf(context)).satisfies(config -> {
                    assertThat(config.concurrency()).isEqualTo(8);
                    assertThat(config.batchPerKey()).isTrue();
                    assertThat(config.capacityPerKey()).hasValue(1_000);
                }));
    }

    @Test
    void withoutAKeyThereIsNoOrder() throws Exception {
        Batcher<Reading> readings = readings(java("Items without a key, and no order at all"));
        readings.addMany(List.of(A1, B1, A2));
        advance(Duration.ofMillis(500));
        assertThat(cloud.calls).containsExactly(List.of(A1, B1, A2));
    }
}
