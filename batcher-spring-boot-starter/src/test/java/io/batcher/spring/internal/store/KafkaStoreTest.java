/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.spring.BatchHandler;
import io.batcher.spring.autoconfigure.StartFailures;
import io.batcher.spring.fixtures.Contexts;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.kafka.core.KafkaAdmin;

/** S11: the store "kafka" takes brokers and security from Spring Boot. There is no broker: the message tells where it looked. */
class KafkaStoreTest {

    private final ApplicationContextRunner contexts = Contexts.inRealTime()
            .withConfiguration(AutoConfigurations.of(KafkaAutoConfiguration.class, SslAutoConfiguration.class))
            .withUserConfiguration(Readings.class)
            .withPropertyValues("batcher.defaults.store=kafka", "batcher.store.kafka.timeout=300ms");

    @Test
    void theBrokersAreThoseOfSpringBoot() {
        assertThat(descriptionOfFailure(contexts.withPropertyValues("spring.kafka.bootstrap-servers=localhost:1")))
                .startsWith("Batcher \"readings\" cannot open its store: ")
                .contains("localhost:1");
    }

    @Test
    void theBrokersOfTheAdminClientAreUsedForIt() {
        assertThat(descriptionOfFailure(contexts.withBean(KafkaConnectionDetails.class, OwnBrokers::new)
                        .withPropertyValues("spring.kafka.bootstrap-servers=localhost:1")))
                .contains("localhost:2")
                .doesNotContain("localhost:1");
    }

    @Test
    void theSecurityIsThatOfSpringBoot() {
        contexts.withPropertyValues("spring.kafka.security.protocol=SASL_SSL")
                .run(context ->
                        assertThat(context).getFailure().hasStackTraceContaining("java.security.auth.login.config"));
    }

    @Test
    void aSettingThatTheStoreRefuses() {
        StartFailures.assertFailure(
                contexts.withPropertyValues("batcher.store.kafka.topic-prefix=a b"),
                "batcher.store.kafka is not configured properly: topicPrefix must match [a-zA-Z0-9._-]{0,100}, but was"
                        + " \"a b\".",
                "Correct batcher.store.kafka.");
    }

    @Test
    void anAdminOfTheApplicationThatCreatesNoTopicsIsNotMadeTo() {
        assertThat(attemptsToCreateTopics(false)).isZero();
        assertThat(attemptsToCreateTopics(true)).isPositive();
    }

    private int attemptsToCreateTopics(boolean autoCreate) {
        OwnAdmin admin = new OwnAdmin();
        admin.setAutoCreate(autoCreate);
        contexts.withBean(KafkaAdmin.class, () -> admin)
                .withPropertyValues("spring.kafka.bootstrap-servers=localhost:1")
                .run(context -> assertThat(context).hasFailed());
        return admin.attempts;
    }

    private static String descriptionOfFailure(ApplicationContextRunner runner) {
        StringBuilder description = new StringBuilder();
        runner.run(context -> {
            FailureAnalysis failure = StartFailures.analyze(context.getStartupFailure());
            assertThat(failure).isNotNull();
            description.append(failure.getDescription());
        });
        return description.toString();
    }

    static final class OwnAdmin extends KafkaAdmin {

        private int attempts;

        OwnAdmin() {
            super(Map.of());
        }

        @Override
        protected Collection<NewTopic> newTopics() {
            attempts++;
            return List.of();
        }
    }

    static final class OwnBrokers implements KafkaConnectionDetails {

        @Override
        public List<String> getBootstrapServers() {
            return List.of("localhost:1");
        }

        @Override
        public Configuration getAdmin() {
            return Configuration.of(List.of("localhost:2"));
        }
    }

    static class Readings {

        @BatchHandler("readings")
        void handle(List<String> batch) {}
    }
}
