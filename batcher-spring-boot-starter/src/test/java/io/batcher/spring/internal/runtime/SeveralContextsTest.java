/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

import io.batcher.Batcher;
import io.batcher.BatcherState;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatcherRegistry;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** Contexts in one JVM: two side by side, and one that fails to start. */
class SeveralContextsTest {

    @Test
    void twoContextsOfOneJvmMayHaveTheSameNames() throws Exception {
        String[] properties = {
            "spring.jmx.enabled=true",
            "spring.autoconfigure.exclude=org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
            "management.endpoints.jmx.exposure.include=batchers",
            "batcher.defaults.interval=1h"
        };
        SpringApplicationBuilder one = new SpringApplicationBuilder(ParentApp.class)
                .web(WebApplicationType.NONE)
                .properties(properties);
        SpringApplicationBuilder two = new SpringApplicationBuilder(ParentApp.class)
                .web(WebApplicationType.NONE)
                .properties(properties);
        ObjectName names = new ObjectName("org.springframework.boot:type=Endpoint,name=Batchers,*");
        try (ConfigurableApplicationContext first = one.run();
                ConfigurableApplicationContext second = two.run()) {
            assertThat(ManagementFactory.getPlatformMBeanServer().queryNames(names, null))
                    .hasSize(2);
            first.getBean(BatcherRegistry.class).get("readings", String.class).add("a");
            second.getBean(BatcherRegistry.class).get("readings", String.class).submit("b");
            second.getBean(BatcherRegistry.class).get("readings").flush().join();
            assertThat(first.getBean(Readings.class).items).isEmpty();
            assertThat(second.getBean(Readings.class).items).containsExactly("b");
        }
        assertThat(ManagementFactory.getPlatformMBeanServer().queryNames(names, null))
                .isEmpty();
    }

    @Test
    void aStartThatFailsLeavesNoThread() throws Exception {
        Set<Thread> before = starterThreads();
        assertThatException()
                .isThrownBy(() -> new SpringApplicationBuilder(ParentApp.class, Failing.class)
                        .web(WebApplicationType.NONE)
                        .properties("batcher.defaults.interval=1ms")
                        .run())
                .withStackTraceContaining("fails on purpose");
        assertThat(Failing.batcher.stats().state()).isEqualTo(BatcherState.CLOSED);
        for (Thread thread : starterThreads()) {
            if (!before.contains(thread)) {
                thread.join(TimeUnit.SECONDS.toMillis(10));
                assertThat(thread.isAlive()).as(thread.getName()).isFalse();
            }
        }
    }

    private static Set<Thread> starterThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("batcher-"))
                .collect(Collectors.toSet());
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @org.springframework.context.annotation.Import(Readings.class)
    static class ParentApp {}

    static class Readings {

        final List<String> items = new ArrayList<>();

        @BatchHandler("readings")
        void handle(List<String> batch) {
            items.addAll(batch);
        }
    }

    /** Fails when the context has everything else, and items are on their way. */
    static class Failing implements org.springframework.context.SmartLifecycle {

        static Batcher<String> batcher;

        Failing(Batcher<String> batcher) {
            Failing.batcher = batcher;
        }

        @Override
        public void start() {
            batcher.submit("a").join();
            batcher.add("b");
            throw new IllegalStateException("fails on purpose");
        }

        @Override
        public void stop() {}

        @Override
        public boolean isRunning() {
            return false;
        }
    }
}
