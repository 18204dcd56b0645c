/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.batcher.Batch;
import io.batcher.Batcher;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.fixtures.Contexts;
import io.batcher.spring.fixtures.Reading;
import io.batcher.spring.fixtures.Readings;
import java.util.List;
import org.aopalliance.intercept.Joinpoint;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.autoproxy.BeanNameAutoProxyCreator;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** S2: batchers are looked up by name, and what is known about them. */
class BatcherRegistryTest {

    private final ApplicationContextRunner contexts = Contexts.inVirtualTime().withUserConfiguration(Readings.class);

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

    static class Twins {

        @BatchHandler("left")
        void left(Batch<String> batch) {}

        @BatchHandler("right")
        void right(Iterable<String> batch) {}
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
}
