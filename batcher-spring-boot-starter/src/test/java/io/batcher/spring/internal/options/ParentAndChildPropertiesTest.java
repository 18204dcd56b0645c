/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.autoconfigure.BatcherAutoConfiguration;
import io.batcher.spring.fixtures.ParentAndChild.ChildApp;
import io.batcher.spring.fixtures.ParentAndChild.ParentApp;
import io.batcher.spring.internal.BatcherConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** A parent and a child context read properties of which each understands its own. */
class ParentAndChildPropertiesTest {

    /** As Spring Boot's own hierarchies have it: the child inherits the environment of its parent. */
    @Test
    void propertiesThatSpeakOfABatcherOfTheParentDoNotTroubleTheChild() {
        try (ConfigurableApplicationContext child = new SpringApplicationBuilder(ParentApp.class)
                .web(WebApplicationType.NONE)
                .properties("batcher.instances.readings.interval=2s")
                .child(ChildApp.class)
                .web(WebApplicationType.NONE)
                .run()) {
            assertThat(child.getBean(BatcherRegistry.class).names()).containsExactly("audit");
            assertThat(child.getBean(BatcherRegistry.class))
                    .isNotSameAs(child.getParent().getBean(BatcherRegistry.class));
        }
    }

    @Test
    void aFileThatBothReadMayNotConfigureABatcherOfTheChild(@TempDir Path files) throws IOException {
        Files.writeString(files.resolve("application.properties"), "batcher.instances.audit.interval=2s");
        assertThatExceptionOfType(BatcherConfigurationException.class)
                .isThrownBy(() -> run(parent(files, ParentApp.class).child(ChildApp.class)))
                .satisfies(failure -> assertThat(failure.action())
                        .contains(
                                "child context",
                                "a profile",
                                "spring.config.name",
                                "exclude BatcherAutoConfiguration"));
    }

    @Test
    void aProfileOfTheChildMay(@TempDir Path files) throws IOException {
        Files.writeString(files.resolve("application.properties"), "batcher.instances.readings.interval=3s");
        Files.writeString(files.resolve("application-child.properties"), "batcher.instances.audit.interval=2s");
        try (ConfigurableApplicationContext child =
                run(parent(files, ParentApp.class).child(ChildApp.class).profiles("child"))) {
            assertThat(intervalOf("audit", child)).hasSeconds(2);
            assertThat(intervalOf("readings", child.getParent())).hasSeconds(3);
        }
    }

    @Test
    void aFileOfTheChildMay(@TempDir Path files) throws IOException {
        Files.writeString(files.resolve("application.properties"), "batcher.instances.readings.interval=3s");
        Files.writeString(files.resolve("child.properties"), "batcher.instances.audit.interval=2s");
        try (ConfigurableApplicationContext parent = run(parent(files, ParentApp.class));
                ConfigurableApplicationContext child = run(new SpringApplicationBuilder(ChildApp.class)
                        .parent(parent)
                        .properties("spring.config.location=" + files.toUri(), "spring.config.name=child"))) {
            assertThat(intervalOf("audit", child)).hasSeconds(2);
            assertThat(intervalOf("readings", parent)).hasSeconds(3);
        }
    }

    @Test
    void aParentWithoutTheStarterMayReadWhatConfiguresABatcherOfTheChild(@TempDir Path files) throws IOException {
        Files.writeString(files.resolve("application.properties"), "batcher.instances.audit.interval=2s");
        try (ConfigurableApplicationContext child =
                run(parent(files, ParentWithoutStarter.class).child(LonelyChildApp.class))) {
            assertThat(intervalOf("audit", child)).hasSeconds(2);
            assertThat(child.getParent().getBeanProvider(BatcherRegistry.class)).isEmpty();
        }
    }

    private static SpringApplicationBuilder parent(Path files, Class<?> application) {
        return new SpringApplicationBuilder(application)
                .web(WebApplicationType.NONE)
                .properties("spring.config.location=" + files.toUri());
    }

    private static ConfigurableApplicationContext run(SpringApplicationBuilder application) {
        return application.web(WebApplicationType.NONE).run();
    }

    private static Duration intervalOf(String batcher, ApplicationContext context) {
        return context.getBean(BatcherRegistry.class).managed().stream()
                .filter(managed -> managed.name().equals(batcher))
                .findFirst()
                .orElseThrow()
                .config()
                .orElseThrow()
                .interval();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(exclude = BatcherAutoConfiguration.class)
    static class ParentWithoutStarter {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class LonelyChildApp {

        @BatchHandler("audit")
        void handle(List<String> batch) {}
    }
}
