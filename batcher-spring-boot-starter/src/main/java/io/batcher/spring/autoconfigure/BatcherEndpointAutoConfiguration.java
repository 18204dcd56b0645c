/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import io.batcher.spring.BatcherProperties;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.actuate.BatchersEndpoint;
import io.batcher.spring.actuate.BatchersEndpointWebExtension;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.annotation.Bean;

/** Auto-configuration for the actuator endpoint {@code batchers}. */
@AutoConfiguration(after = BatcherAutoConfiguration.class)
@ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
@ConditionalOnBean(BatcherRegistry.class)
public final class BatcherEndpointAutoConfiguration implements AopInfrastructureBean {

    @Bean
    @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
    @ConditionalOnAvailableEndpoint
    BatchersEndpoint batchersEndpoint(BatcherRegistry registry, BatcherProperties properties) {
        return new BatchersEndpoint(registry, properties.endpoint().flushTimeout());
    }

    @Bean
    @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
    @ConditionalOnAvailableEndpoint(endpoint = BatchersEndpoint.class, exposure = EndpointExposure.WEB)
    BatchersEndpointWebExtension batchersEndpointWebExtension(BatchersEndpoint endpoint) {
        return new BatchersEndpointWebExtension(endpoint);
    }
}
