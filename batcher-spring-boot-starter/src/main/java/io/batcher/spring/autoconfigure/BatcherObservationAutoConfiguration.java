/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import io.batcher.spring.BatcherCustomizer;
import io.batcher.spring.internal.handler.HandlerScope;
import io.batcher.spring.metrics.BatchObservationConvention;
import io.batcher.spring.metrics.BatchObservations;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.Map;
import java.util.Optional;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.util.function.SingletonSupplier;

/** Auto-configuration for the observation of each batch: a timer, and a span if there is a tracer. */
@AutoConfiguration(after = BatcherAutoConfiguration.class)
@ConditionalOnClass(Observation.class)
public final class BatcherObservationAutoConfiguration implements AopInfrastructureBean {

    @Bean
    @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
    BatchObservations batchObservations(
            ObjectProvider<ObservationRegistry> registry, ObjectProvider<BatchObservationConvention> convention) {
        // a SingletonSupplier of null takes a lock for each batch
        SingletonSupplier<Optional<BatchObservationConvention>> own =
                SingletonSupplier.of(() -> Optional.ofNullable(convention.getIfAvailable()));
        return new BatchObservations(
                SingletonSupplier.of(() -> registry.getIfAvailable(() -> ObservationRegistry.NOOP)),
                () -> own.obtain().orElse(null));
    }

    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    BatcherCustomizer batchObservationCustomizer(BatchObservations observations) {
        return (name, builder) -> builder.listener(observations);
    }

    @Bean
    HandlerScope batchObservationScope(BatchObservations observations) {
        return batch -> new ObservationScope(observations.openScope(batch));
    }

    private record ObservationScope(Observation.Scope scope) implements HandlerScope.Scope {

        /** {@code ObservationThreadLocalAccessor.KEY}; loading that class would require the context-propagation library. */
        private static final String KEY = "micrometer.observation";

        @Override
        public Map<String, Object> context() {
            Observation observation = scope.getCurrentObservation();
            return observation == null || observation.isNoop() ? Map.of() : Map.of(KEY, observation);
        }

        @Override
        public void close() {
            scope.close();
        }
    }
}
