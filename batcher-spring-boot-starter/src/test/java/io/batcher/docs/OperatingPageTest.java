/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.docs;

import static io.batcher.docs.Fixtures.cloud;
import static io.batcher.docs.Fixtures.reading;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.docs.snippet.GatewayApplication;
import io.batcher.spring.autoconfigure.BatcherHealthContributorAutoConfiguration;
import io.batcher.spring.health.BatchersHealthIndicator;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Status;

/** The examples of docs/operating.md; the sample's OperatingTest covers its commands and metrics. */
class OperatingPageTest extends PageTest {

    OperatingPageTest() {
        super("docs/operating.md");
    }

    @Test
    void inJava() throws Exception {
        Fixtures.readings = toTheCloud().build();
        Fixtures.readings.add(reading);
        Examples.run(java("Look and flush"));
        advance(Duration.ZERO);
        assertThat(cloud.calls).hasSize(1);
    }

    @Test
    void healthIsDownAfterTenFailuresAndComesBack() {
        Yaml.with(yaml("Look and flush"), application(GatewayApplication.class))
                .withConfiguration(AutoConfigurations.of(BatcherHealthContributorAutoConfiguration.class))
                .run(context -> {
                    var health = context.getBean(BatchersHealthIndicator.class);
                    cloud.down = true;
                    readingsOf(context).add(reading);
                    advance(Duration.ofMillis(9 * 500));
                    assertThat(health.health().getStatus()).isEqualTo(Status.UP);
                    advance(Duration.ofMillis(500));
                    assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);
                    readingsOf(context).pause();
                    assertThat(health.health().getStatus()).isEqualTo(Status.UP);
                    readingsOf(context).resume();
                    cloud.down = false;
                    advance(Duration.ofMillis(500));
                    assertThat(health.health().getStatus()).isEqualTo(Status.UP);
                });
    }

    @Test
    void healthIsDownWithAnItemOlderThanAMinute() {
        Yaml.with(yaml("Look and flush"), application(GatewayApplication.class))
                .withConfiguration(AutoConfigurations.of(BatcherHealthContributorAutoConfiguration.class))
                .withPropertyValues("batcher.defaults.interval=1h")
                .run(context -> {
                    readingsOf(context).add(reading);
                    advance(Duration.ofSeconds(60));
                    var health = context.getBean(BatchersHealthIndicator.class);
                    assertThat(health.health().getStatus()).isEqualTo(Status.UP);
                    advance(Duration.ofSeconds(1));
                    assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);
                });
    }
}
