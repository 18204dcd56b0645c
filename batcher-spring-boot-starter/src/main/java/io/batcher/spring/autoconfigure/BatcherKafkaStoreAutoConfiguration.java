/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import io.batcher.spring.BatcherProperties;
import io.batcher.spring.BatcherProperties.Store.Kafka;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.internal.store.SharedStore;
import io.batcher.spring.internal.store.StoreLookup;
import io.batcher.store.kafka.KafkaStore;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails.Configuration;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.boot.kafka.autoconfigure.SslBundleSslEngineFactory;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.util.StringUtils;

/** Auto-configuration for the store "kafka", with the brokers and the security of {@code spring.kafka}. */
@AutoConfiguration(after = BatcherAutoConfiguration.class)
@ConditionalOnClass(name = {StoreLookup.KAFKA_MODULE, StoreLookup.SPRING_KAFKA})
@ConditionalOnBean(BatcherRegistry.class)
public final class BatcherKafkaStoreAutoConfiguration implements AopInfrastructureBean {

    @Bean(StoreLookup.KAFKA)
    @Lazy
    @ConditionalOnMissingBean(name = StoreLookup.KAFKA, search = SearchStrategy.CURRENT)
    SharedStore batcherKafkaStore(
            ConfigurableListableBeanFactory beanFactory,
            BatcherProperties properties,
            ObjectProvider<KafkaProperties> kafkaProperties,
            ObjectProvider<KafkaConnectionDetails> connectionDetails,
            ObjectProvider<KafkaAdmin> admins) {
        return SharedStore.inherited(StoreLookup.KAFKA, beanFactory, null)
                .orElseGet(() -> create(properties, kafkaProperties, connectionDetails, admins));
    }

    private static SharedStore create(
            BatcherProperties properties,
            ObjectProvider<KafkaProperties> kafkaProperties,
            ObjectProvider<KafkaConnectionDetails> connectionDetails,
            ObjectProvider<KafkaAdmin> admins) {
        Kafka kafka = properties.store().kafka();
        KafkaProperties spring = kafkaProperties.getIfAvailable(KafkaProperties::new);
        // An admin with autoCreate creates the topics of NewTopic beans when all singletons exist; a batcher needs its
        // own
        // before.
        admins.orderedStream().forEach(KafkaAdmin::afterSingletonsInstantiated);
        KafkaConnectionDetails details = connectionDetails.getIfAvailable(() -> spring::getBootstrapServers);
        return StoreSettings.apply("batcher.store.kafka", () -> {
            KafkaStore.Builder store = KafkaStore.builder(Map.of())
                    .adminProperties(with(details.getAdmin(), spring.buildAdminProperties()))
                    .producerProperties(with(details.getProducer(), spring.buildProducerProperties()))
                    .consumerProperties(with(details.getConsumer(), spring.buildConsumerProperties()))
                    .topicPrefix(kafka.topicPrefix())
                    .timeout(kafka.timeout());
            if (StringUtils.hasText(kafka.transactionalIdPrefix())) {
                store.transactionalIdPrefix(kafka.transactionalIdPrefix());
            }
            return new SharedStore(
                    store.build(), List.of(Set.copyOf(details.getBootstrapServers()), kafka.topicPrefix()));
        });
    }

    /** Adds what Spring Boot adds for its own clients. */
    private static Map<String, Object> with(Configuration details, Map<String, Object> properties) {
        properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, details.getBootstrapServers());
        if (StringUtils.hasLength(details.getSecurityProtocol())) {
            properties.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, details.getSecurityProtocol());
        }
        SslBundle bundle = details.getSslBundle();
        if (bundle != null) {
            properties.put(SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG, SslBundleSslEngineFactory.class);
            properties.put(SslBundle.class.getName(), bundle);
        }
        return properties;
    }
}
