/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.definition;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batch;
import io.batcher.Batcher;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.fixtures.Contexts;
import io.batcher.spring.fixtures.Reading;
import io.batcher.spring.fixtures.Readings;
import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.GenericBeanDefinition;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** S1 and S2: batchers are beans, by name and by type. */
class BatcherBeansTest {

    private final ApplicationContextRunner contexts = Contexts.inVirtualTime().withUserConfiguration(Readings.class);

    @Test
    void aHandlerMethodMakesABatcherOfItsItemType() {
        contexts.run(context -> {
            Readings readings = context.getBean(Readings.class);
            assertThat(readings.batcher).isSameAs(context.getBean("readingsBatcher"));
            readings.batcher.add(new Reading("a"));
            readings.batcher.add(new Reading("b"));
            context.getBean(VirtualTime.class).advance(Duration.ofMillis(499));
            assertThat(readings.batches).isEmpty();
            context.getBean(VirtualTime.class).advance(Duration.ofMillis(1));
            assertThat(readings.batches).containsExactly(List.of(new Reading("a"), new Reading("b")));
        });
    }

    @Test
    void withoutBatchersThereIsNothingButTheRegistry() {
        Contexts.inRealTime().run(context -> {
            assertThat(context.getBean(BatcherRegistry.class).names()).isEmpty();
            assertThat(context).doesNotHaveBean(Batcher.class);
        });
    }

    @Test
    void abstractDefinitionsAreLeftAlone() {
        contexts.withInitializer(context -> {
                    var template = new GenericBeanDefinition();
                    template.setBeanClass(Readings.class);
                    template.setAbstract(true);
                    ((BeanDefinitionRegistry) context.getBeanFactory()).registerBeanDefinition("template", template);
                })
                .run(context -> assertThat(context).hasBean("readingsBatcher"));
    }

    @Test
    void anItemTypeMakesABatcherWithoutAHandlerMethod() {
        contexts.withPropertyValues("batcher.instances.audit-events.item-type=" + Reading[].class.getName())
                .run(context -> {
                    Batcher<?> audit = context.getBean("auditEventsBatcher", Batcher.class);
                    assertThat(audit.name()).isEqualTo("audit-events");
                    assertThat(context.getBeanProvider(org.springframework.core.ResolvableType.forClassWithGenerics(
                                            Batcher.class, Reading[].class))
                                    .getIfAvailable())
                            .isSameAs(audit);
                });
    }

    @Test
    void batchersOfOneTypeAreToldApartByQualifierAndBeanName() {
        contexts.withUserConfiguration(Twins.class, TwinUser.class).run(context -> {
            TwinUser user = context.getBean(TwinUser.class);
            assertThat(user.left.name()).isEqualTo("left");
            assertThat(user.rightBatcher.name()).isEqualTo("right");
            assertThat(user.anyOfType.stream().map(Batcher::name)).containsExactlyInAnyOrder("left", "right");
            assertThat(user.byBeanName).containsOnlyKeys("leftBatcher", "rightBatcher", "readingsBatcher");
        });
    }

    @Test
    void aBatcherThatTheApplicationDefinesUnderTheBeanNameWins() {
        contexts.withUserConfiguration(OwnBatcher.class)
                .withPropertyValues("batcher.instances.own.interval=1s")
                .run(context -> {
                    BatcherRegistry registry = context.getBean(BatcherRegistry.class);
                    assertThat(registry.get("own")).isSameAs(context.getBean("ownBatcher"));
                    assertThat(registry.managed())
                            .filteredOn(managed -> managed.name().equals("own"))
                            .singleElement()
                            .satisfies(managed -> {
                                assertThat(managed.config()).isEmpty();
                                assertThat(managed.itemType()).hasValue("java.lang.Long");
                            });
                });
    }

    @Test
    void aHandlerMethodIsConnectedWithTheApplicationsOwnBatcher() {
        contexts.withUserConfiguration(OwnBatcher.class, OwnHandler.class).run(context -> {
            OwnBatcher.batcher(context.getBean("ownBatcher")).add(7L);
            OwnBatcher.batcher(context.getBean("ownBatcher")).flush().join();
            assertThat(context.getBean(OwnHandler.class).items).containsExactly(7L);
        });
    }

    @Test
    void theBatchersLeaveWhenTheContextDoes() {
        Batcher<?>[] batcher = new Batcher<?>[1];
        contexts.run(context -> batcher[0] = context.getBean(Readings.class).batcher);
        assertThat(batcher[0].stats().state()).isEqualTo(io.batcher.BatcherState.CLOSED);
    }

    static class Twins {

        @BatchHandler("left")
        void left(Batch<String> batch) {}

        @BatchHandler("right")
        void right(Iterable<String> batch) {}
    }

    static class TwinUser {

        @Autowired
        @Qualifier("left") Batcher<String> left;

        @Autowired
        Batcher<String> rightBatcher;

        @Autowired
        ObjectProvider<Batcher<String>> anyOfType;

        @Autowired
        Map<String, Batcher<?>> byBeanName;
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnBatcher {

        @Bean
        Batcher<Long> ownBatcher() {
            return Batcher.<Long>builder("own").build();
        }

        @SuppressWarnings("unchecked")
        static Batcher<Long> batcher(Object bean) {
            return (Batcher<Long>) bean;
        }
    }

    static class OwnHandler {

        final List<Long> items = new ArrayList<>();

        @BatchHandler("own")
        void handle(List<Long> batch) {
            items.addAll(batch);
        }
    }
}
