/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.docs;

import static io.batcher.docs.Fixtures.cloud;
import static io.batcher.docs.Fixtures.reading;
import static io.batcher.docs.Fixtures.some;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.RetryPolicy;
import io.batcher.docs.Fixtures.Reading;
import io.batcher.docs.snippet.GatewayApplication;
import io.batcher.spring.BatcherRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The examples and claims of docs/several-instances.md. */
class SeveralInstancesPageTest extends PageTest {

    private static final String HEADING = "Several instances";

    SeveralInstancesPageTest() {
        super("docs/several-instances.md");
    }

    @Test
    void instancesShareNothing() {
        Batcher<Reading> first = toTheCloud().build();
        Batcher<Reading> second = toTheCloud().build();
        List<Reading> items = some(6);
        for (int i = 0; i < items.size(); i++) {
            (i % 2 == 0 ? first : second).add(items.get(i));
        }
        first.flush();
        advance(Duration.ZERO);
        assertThat(cloud.calls).containsExactly(List.of(items.get(0), items.get(2), items.get(4)));
        assertThat(second.stats().depth()).isEqualTo(3);

        advance(Duration.ofMillis(500));
        assertThat(cloud.calls).last().isEqualTo(List.of(items.get(1), items.get(3), items.get(5)));
        assertThat(cloud.stored()).containsExactlyInAnyOrderElementsOf(items);
    }

    @Test
    void idsNeverCollide() {
        List<String> ids = new ArrayList<>();
        for (int instance = 0; instance < 2; instance++) {
            Batcher<Reading> readings = Fixtures.<Reading>builder("readings")
                    .handler(batch -> ids.add(batch.id()))
                    .build();
            readings.add(reading);
            readings.flush();
            advance(Duration.ZERO);
        }
        assertThat(ids).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void theJitterIsForAllBatchers() {
        Yaml.with(yaml(HEADING), application(GatewayApplication.class)).run(context -> {
            RetryPolicy retry = context.getBean(BatcherRegistry.class)
                    .managed()
                    .iterator()
                    .next()
                    .config()
                    .orElseThrow()
                    .retry();
            assertThat(retry.jitter()).isEqualTo(0.2);
        });
    }
}
