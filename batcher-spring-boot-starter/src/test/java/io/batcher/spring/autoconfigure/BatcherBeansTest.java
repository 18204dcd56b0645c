/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.batcher.Batch;
import io.batcher.Batcher;
import io.batcher.Overflow;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatcherCustomizer;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.ManagedBatcher;
import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.aopalliance.intercept.Joinpoint;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.autoproxy.BeanNameAutoProxyCreator;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.GenericBeanDefinition;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/** S1, S2 and S9: batchers are beans, by name and by type, with the options of the properties and the customizers. */
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
    void everyOptionComesFromThePropertiesOfTheBatcherOrItsDefaults() {
        contexts.withPropertyValues(
                        "batcher.defaults.interval=2s",
                        "batcher.defaults.capacity=70",
                        "batcher.defaults.retry.max-attempts=9",
                        "batcher.defaults.retry.jitter=0.5",
                        "batcher.instances.readings.capacity=60",
                        "batcher.instances.readings.max-batch-size=50",
                        "batcher.instances.readings.max-batch-weight=40",
                        "batcher.instances.readings.eager=true",
                        "batcher.instances.readings.overflow=drop-oldest",
                        "batcher.instances.readings.max-block=30",
                        "batcher.instances.readings.handler-timeout=20s",
                        "batcher.instances.readings.shutdown-timeout=10m",
                        "batcher.instances.readings.auto-flush=false",
                        "batcher.instances.readings.retry.delay=3s",
                        "batcher.instances.readings.retry.multiplier=2",
                        "batcher.instances.readings.retry.max-delay=4s",
                        "batcher.instances.readings.retry.jitter=0.25",
                        "batcher.instances.readings.retry.retry-on=java.io.IOException",
                        "batcher.instances.readings.retry.isolate-poison=true")
                .withBean(BatcherCustomizer.class, () -> (name, builder) -> builder.weigher(item -> 1))
                .run(context -> {
                    ManagedBatcher managed = context.getBean(BatcherRegistry.class)
                            .managed()
                            .iterator()
                            .next();
                    assertThat(managed.config()).hasValueSatisfying(config -> {
                        assertThat(config.name()).isEqualTo("readings");
                        assertThat(config.interval()).isEqualTo(Duration.ofSeconds(2));
                        assertThat(config.capacity()).isEqualTo(60);
                        assertThat(config.maxBatchSize()).isEqualTo(50);
                        assertThat(config.maxBatchWeight()).isEqualTo(40);
                        assertThat(config.eager()).isTrue();
                        assertThat(config.overflow()).isEqualTo(Overflow.DROP_OLDEST);
                        assertThat(config.maxBlock()).isEqualTo(Duration.ofMillis(30));
                        assertThat(config.handlerTimeout()).hasValue(Duration.ofSeconds(20));
                        assertThat(config.shutdownTimeout()).isEqualTo(Duration.ofMinutes(10));
                        assertThat(config.autoFlush()).isFalse();
                        assertThat(config.retry().maxAttempts()).isEqualTo(9);
                        assertThat(config.retry().delay()).hasValue(Duration.ofSeconds(3));
                        assertThat(config.retry().multiplier()).isEqualTo(2);
                        assertThat(config.retry().maxDelay()).isEqualTo(Duration.ofSeconds(4));
                        assertThat(config.retry().jitter()).isEqualTo(0.25);
                        assertThat(config.retry().isolatePoison()).isTrue();
                        assertThat(config.retry().retryOn().test(new java.io.FileNotFoundException()))
                                .isTrue();
                        assertThat(config.retry().retryOn().test(new IllegalStateException()))
                                .isFalse();
                    });
                });
    }

    @Test
    void withoutPropertiesTheDefaultsOfTheBuilderHold() {
        contexts.run(context -> assertThat(context.getBean(BatcherRegistry.class)
                        .managed()
                        .iterator()
                        .next()
                        .config())
                .hasValueSatisfying(config -> {
                    var builtIn = Batcher.builder("readings").config();
                    assertThat(config.interval()).isEqualTo(builtIn.interval());
                    assertThat(config.maxBatchSize()).isEqualTo(builtIn.maxBatchSize());
                    assertThat(config.capacity()).isEqualTo(builtIn.capacity());
                    assertThat(config.retry().maxAttempts())
                            .isEqualTo(builtIn.retry().maxAttempts());
                }));
    }

    @Test
    void aNameWithNothingBelowItHasTheDefaults() {
        contexts.withPropertyValues("batcher.defaults.capacity=70", "batcher.instances.readings=")
                .run(context -> assertThat(context.getBean(BatcherRegistry.class)
                                .managed()
                                .iterator()
                                .next()
                                .config())
                        .hasValueSatisfying(
                                config -> assertThat(config.capacity()).isEqualTo(70)));
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
    void theRegistryFindsBatchersByNameAndType() {
        contexts.withUserConfiguration(Twins.class).run(context -> {
            BatcherRegistry registry = context.getBean(BatcherRegistry.class);
            assertThat(registry.names()).containsExactly("left", "readings", "right");
            assertThat(registry.all().stream().map(Batcher::name)).containsExactly("left", "readings", "right");
            assertThat(registry.get("readings")).isSameAs(context.getBean("readingsBatcher"));
            Batcher<String> left = registry.get("left", String.class);
            assertThat(left).isSameAs(context.getBean("leftBatcher"));
        });
    }

    @Test
    void theRegistryRefusesUnknownNamesAndOtherTypes() {
        contexts.run(context -> {
            BatcherRegistry registry = context.getBean(BatcherRegistry.class);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> registry.get("reading"))
                    .withMessage("There is no batcher \"reading\". Known batchers: \"readings\"."
                            + " Did you mean \"readings\"?");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> registry.get("readings", String.class))
                    .withMessage("Batcher \"readings\" has items of type " + Reading.class.getName()
                            + ", not java.lang.String.");
        });
    }

    @Test
    void theRegistryTakesAnyName() {
        contexts.run(context -> {
            BatcherRegistry registry = context.getBean(BatcherRegistry.class);
            for (String name : List.of("", "-", "a--b", "Readings", "readings-")) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> registry.get(name))
                        .withMessageStartingWith("There is no batcher \"" + name + "\".");
            }
        });
    }

    @Test
    void batchersOfTheApplicationAreInTheRegistryUnderNamesOfTheirOwn() {
        contexts.withBean(
                        "more", Batcher.class, () -> Batcher.builder("readings").build())
                .withBean(
                        "others", Batcher.class, () -> Batcher.builder("other").build())
                .run(context -> {
                    BatcherRegistry registry = context.getBean(BatcherRegistry.class);
                    assertThat(registry.names()).containsExactly("more", "other", "readings");
                    assertThat(registry.get("readings")).isSameAs(context.getBean("readingsBatcher"));
                    assertThat(registry.get("more")).isSameAs(context.getBean("more"));
                });
    }

    @Test
    void aBatcherBehindAProxyIsStillTheStarters() {
        contexts.withUserConfiguration(Proxies.class)
                .run(context -> assertThat(
                                context.getBean(BatcherRegistry.class).managed())
                        .singleElement()
                        .satisfies(managed -> {
                            assertThat(context.getBean("readingsBatcher")).isInstanceOf(Advised.class);
                            assertThat(managed.config()).isPresent();
                        }));
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
    void customizersHaveTheLastWordInTheirOrder() {
        contexts.withUserConfiguration(Customizers.class)
                .withPropertyValues("batcher.instances.readings.interval=9s")
                .run(context -> assertThat(context.getBean(BatcherRegistry.class)
                                .managed()
                                .iterator()
                                .next()
                                .config())
                        .hasValueSatisfying(
                                config -> assertThat(config.interval()).isEqualTo(Duration.ofSeconds(2))));
    }

    @Test
    void theBatchersLeaveWhenTheContextDoes() {
        Batcher<?>[] batcher = new Batcher<?>[1];
        contexts.run(context -> batcher[0] = context.getBean(Readings.class).batcher);
        assertThat(batcher[0].stats().state()).isEqualTo(io.batcher.BatcherState.CLOSED);
    }

    static class Readings {

        final List<List<Reading>> batches = new ArrayList<>();

        @Autowired
        Batcher<Reading> batcher;

        @BatchHandler("readings")
        void store(List<Reading> batch) {
            batches.add(batch);
        }
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
    static class Proxies {

        @Bean
        static BeanNameAutoProxyCreator proxies() {
            BeanNameAutoProxyCreator creator = new BeanNameAutoProxyCreator();
            creator.setBeanNames("readingsBatcher");
            creator.setInterceptorNames("interceptor");
            return creator;
        }

        @Bean
        static MethodInterceptor interceptor() {
            return Joinpoint::proceed;
        }
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

    @Configuration(proxyBeanMethods = false)
    static class Customizers {

        @Bean
        @Order(2)
        BatcherCustomizer last() {
            return (name, builder) -> builder.interval(Duration.ofSeconds(2));
        }

        @Bean
        @Order(1)
        BatcherCustomizer first() {
            return (name, builder) -> builder.interval(Duration.ofSeconds(1));
        }
    }
}
