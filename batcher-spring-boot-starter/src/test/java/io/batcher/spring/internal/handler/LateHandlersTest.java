/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.handler;

import static io.batcher.spring.fixtures.Contexts.add;
import static io.batcher.spring.fixtures.Contexts.advance;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.fixtures.Contexts;
import io.batcher.testing.VirtualTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/** S3: a handler that no definition tells of, for a batcher that the properties make. */
class LateHandlersTest {

    private final ApplicationContextRunner contexts = Contexts.inVirtualTime();

    @Test
    void aHandlerThatNoDefinitionTellsOfIsConnectedWhereThePropertiesMakeItsBatcher() {
        contexts.withUserConfiguration(BehindInterface.class)
                .withPropertyValues("batcher.instances.hidden.item-type=java.lang.String")
                .run(context -> {
                    add(context, "hidden", "a");
                    advance(context);
                    assertThat(((BehindInterface.Port) context.getBean("port")).items())
                            .containsExactly("a");
                });
    }

    @Test
    void aHandlerThatNoDefinitionTellsOfMayBeCreatedLate() {
        contexts.withUserConfiguration(LateBehindInterface.class)
                .withPropertyValues("batcher.instances.hidden.item-type=java.lang.String")
                .run(context -> {
                    add(context, "hidden", "a");
                    advance(context);
                    assertThat(context.getBean(BatcherRegistry.class)
                                    .get("hidden")
                                    .stats()
                                    .depth())
                            .isEqualTo(1);
                    var port = (BehindInterface.Port) context.getBean("latePort");
                    context.getBean(VirtualTime.class).runReady();
                    assertThat(port.items()).containsExactly("a");
                });
    }

    @Configuration(proxyBeanMethods = false)
    static class BehindInterface {

        interface Port {
            List<String> items();
        }

        static class Adapter implements Port {

            private final List<String> items = new ArrayList<>();

            @Override
            public List<String> items() {
                return items;
            }

            @BatchHandler("hidden")
            void handle(List<String> batch) {
                items.addAll(batch);
            }
        }

        @Bean
        Port port() {
            return new Adapter();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class LateBehindInterface {

        @Bean
        @Lazy
        BehindInterface.Port latePort() {
            return new BehindInterface.Adapter();
        }
    }
}
