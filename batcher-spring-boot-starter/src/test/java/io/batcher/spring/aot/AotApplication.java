/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.aot;

import io.batcher.Batcher;
import io.batcher.BatcherConfig;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.ManagedBatcher;
import io.batcher.spring.testing.UseVirtualTime;
import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** An application with everything that the starter can bring, and an item type that generated code could not name. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@UseVirtualTime
public class AotApplication {

    /** Starts the application; ahead-of-time processing does so too. */
    public static void main(String[] args) {
        start(args);
    }

    /** Starts the application, delivers an item, and tells what it saw. */
    public static String deliverOneItem(String[] args) {
        try (ConfigurableApplicationContext context = start(args)) {
            if (context.getBeanFactory()
                    .containsBeanDefinition(
                            "org.springframework.context.annotation." + "internalConfigurationAnnotationProcessor")) {
                return "not started from generated code";
            }
            Readings readings = context.getBean(Readings.class);
            BatcherRegistry registry = context.getBean(BatcherRegistry.class);
            Duration interval = registry.managed().stream()
                    .filter(managed -> managed.name().equals("readings"))
                    .findFirst()
                    .flatMap(ManagedBatcher::config)
                    .map(BatcherConfig::interval)
                    .orElseThrow();
            VirtualTime time = context.getBean(VirtualTime.class);
            readings.batcher.add(new Secret("a"));
            time.advance(interval.minusNanos(1));
            if (!readings.items.isEmpty()) {
                return "too early";
            }
            time.advance(Duration.ofNanos(1));
            return String.join(",", registry.names()) + " after " + interval + ": " + readings.items;
        }
    }

    private static ConfigurableApplicationContext start(String... args) {
        SpringApplication application = new SpringApplication(AotApplication.class);
        application.setMainApplicationClass(AotApplication.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setDefaultProperties(Map.of(
                "spring.jmx.enabled", "true",
                "management.endpoints.jmx.exposure.include", "batchers",
                "management.health.batchers.enabled", "true"));
        return application.run(args);
    }

    @Bean
    Readings readings(Batcher<Secret> batcher) {
        return new Readings(batcher);
    }

    private record Secret(String text) {}

    static class Readings {

        private final List<Secret> items = new ArrayList<>();
        private final Batcher<Secret> batcher;

        Readings(Batcher<Secret> batcher) {
            this.batcher = batcher;
        }

        @BatchHandler("readings")
        void store(List<Secret> batch) {
            items.addAll(batch);
        }
    }
}
