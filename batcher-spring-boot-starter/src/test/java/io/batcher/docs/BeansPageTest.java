/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.docs;

import static io.batcher.docs.Fixtures.cloud;
import static io.batcher.docs.Fixtures.reading;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.docs.Fixtures.Reading;
import io.batcher.spring.BatcherRegistry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The examples and claims of docs/beans.md. */
class BeansPageTest extends PageTest {

    BeansPageTest() {
        super("docs/beans.md");
    }

    @Test
    void twoBatchersOfOneItemType() {
        Class<?> intakes = Examples.compiled(java("Two batchers of the same item type"));
        application(intakes).run(context -> {
            assertThat(context).hasNotFailed();
            context.getBean(BatcherRegistry.class).get("indoor", Reading.class).add(reading);
            advance(Duration.ofMillis(500));
            assertThat(cloud.calls).containsExactly(List.of(reading));
        });
    }
}
