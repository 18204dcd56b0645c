/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.fixtures.Contexts;
import io.batcher.testing.VirtualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.samples.readings.Handlers;
import org.springframework.samples.readings.Handlers.Direct;
import org.springframework.samples.readings.Handlers.Recorder;

/** S3: in a package below {@code org.springframework}, as with Spring's own event listeners, only components are looked at. */
class HandlerPackagesTest {

    private final ApplicationContextRunner contexts = Contexts.inVirtualTime();

    @ParameterizedTest
    @ValueSource(classes = {Direct.class, Handlers.ByMetaAnnotation.class})
    void aComponentIsTheApplications(Class<? extends Recorder> component) {
        contexts.withUserConfiguration(component)
                .run(context -> assertThat(delivered(context)).isTrue());
    }

    @Test
    void aComponentThatItsDefinitionDoesNotTellIsFoundWhenItIsCreated() {
        contexts.withPropertyValues("batcher.instances.readings.item-type=java.lang.String")
                .withBean(Recorder.class, Direct::new)
                .run(context -> assertThat(delivered(context)).isTrue());
    }

    @Test
    void anythingElseIsSprings() {
        contexts.withUserConfiguration(Handlers.NoComponent.class)
                .run(context -> assertThat(
                                context.getBean(BatcherRegistry.class).names())
                        .isEmpty());
    }

    private static boolean delivered(ApplicationContext context) {
        context.getBean(BatcherRegistry.class).get("readings", String.class).add("a");
        context.getBean(VirtualTime.class).advance(Duration.ofSeconds(1));
        return context.getBean(Recorder.class).items.contains("a");
    }
}
