/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.metrics;

import io.batcher.Batcher;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.autoconfigure.BatcherAutoConfiguration;
import io.batcher.spring.autoconfigure.BatcherMetricsAutoConfiguration;
import io.batcher.spring.autoconfigure.BatcherObservationAutoConfiguration;
import io.batcher.spring.testing.UseVirtualTime;
import io.batcher.testing.VirtualTime;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** A bean with a handler that can fail, in contexts with meters and observations. */
class Readings {

    final List<String> items = new ArrayList<>();
    Exception failure;

    @Autowired
    Batcher<String> batcher;

    @BatchHandler("readings")
    void handle(List<String> batch) throws Exception {
        if (failure != null) {
            throw failure;
        }
        items.addAll(batch);
    }

    static ApplicationContextRunner contexts() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        BatcherAutoConfiguration.class,
                        BatcherMetricsAutoConfiguration.class,
                        BatcherObservationAutoConfiguration.class,
                        MetricsAutoConfiguration.class,
                        CompositeMeterRegistryAutoConfiguration.class,
                        ObservationAutoConfiguration.class))
                .withBean(SimpleMeterRegistry.class)
                .withUserConfiguration(UseVirtualTime.VirtualTimeConfiguration.class, Readings.class);
    }

    /** Adds items and advances the time by one interval. */
    static void deliver(AssertableApplicationContext context, String... items) {
        context.getBean(Readings.class).batcher.addMany(List.of(items));
        context.getBean(VirtualTime.class).advance(Duration.ofMillis(500));
    }
}
