/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.process;

import io.batcher.Batcher;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.TransactionalBatcher;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Needs nothing but the starter: delivers items and tells which of the starter's optional beans there are. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class BareApplication {

    private static final List<String> OPTIONAL =
            List.of("batchersEndpoint", "batchersHealthIndicator", "batcherMetrics", "batchObservations");

    public static void main(String[] args) {
        SpringApplication application = new SpringApplication(BareApplication.class);
        try (ConfigurableApplicationContext context = application.run(args)) {
            context.getBean(Readings.class).deliver();
            System.out.println(
                    "with " + OPTIONAL.stream().filter(context::containsBean).toList());
        }
        System.out.println("closed");
    }

    @Bean
    Readings readings(Batcher<String> batcher) {
        return new Readings(batcher);
    }

    static class Readings {

        private final Batcher<String> batcher;

        Readings(Batcher<String> batcher) {
            this.batcher = batcher;
        }

        void deliver() {
            TransactionalBatcher.addAfterCommit(batcher, "a");
            batcher.submit("b").join();
            batcher.flush().join();
        }

        @BatchHandler("readings")
        CompletableFuture<Void> handle(List<String> batch) {
            System.out.println("delivered " + batch);
            return CompletableFuture.completedFuture(null);
        }
    }
}
