/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import io.batcher.spring.BatcherCustomizer;
import io.batcher.spring.metrics.BatchObservationConvention;
import io.batcher.spring.metrics.BatchObservations;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.util.function.SingletonSupplier;

/** Auto-configuration for the observation of each batch: a timer, and a span where there is a tracer. */
@AutoConfiguration(after = BatcherAutoConfiguration.class)
@ConditionalOnClass(Observation.class)
public final class BatcherObservationAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
    BatchObservations batchObservations(
            ObjectProvider<ObservationRegistry> registry, ObjectProvider<BatchObservationConvention> convention) {
        return new BatchObservations(
                SingletonSupplier.of(() -> registry.getIfAvailable(() -> ObservationRegistry.NOOP)),
                SingletonSupplier.ofNullable(convention::getIfAvailable));
    }

    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    BatcherCustomizer batchObservationCustomizer(BatchObservations observations) {
        return (name, builder) -> builder.listener(observations);
    }

    @Bean
    HandlerScope batchObservationScope(BatchObservations observations) {
        return batcher -> observations.openScope(batcher)::close;
    }
}
