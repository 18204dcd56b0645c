/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatcherRegistry;
import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** S10: a test that moves the time. */
@SpringBootTest(webEnvironment = WebEnvironment.NONE, properties = "batcher.instances.readings.interval=1h")
@UseVirtualTime
class UseVirtualTimeTest {

    @Autowired
    private VirtualTime time;

    @Autowired
    private Batcher<String> readings;

    @Autowired
    private App app;

    @Test
    void anHourLaterCostsNothing() {
        readings.add("a");
        time.advance(Duration.ofMinutes(59));
        assertThat(app.batches).isEmpty();
        readings.add("b");
        time.advance(Duration.ofMinutes(1));
        assertThat(app.batches).containsExactly(List.of("a", "b"));
        assertThat(app.thread).isSameAs(Thread.currentThread());
    }

    /** As the hook does that closes cached contexts when all tests have ended. */
    @Test
    void anotherThreadMayCloseTheContext() throws InterruptedException {
        ConfigurableApplicationContext context = new SpringApplicationBuilder(
                        App.class, UseVirtualTime.VirtualTimeConfiguration.class)
                .web(WebApplicationType.NONE)
                .run();
        App closedApp = context.getBean(App.class);
        context.getBean(BatcherRegistry.class).get("readings", String.class).add("left");
        Thread closer = new Thread(context::close);
        closer.setDaemon(true);
        closer.start();
        closer.join(Duration.ofSeconds(30).toMillis());
        assertThat(closer.isAlive()).isFalse();
        assertThat(closedApp.batches).containsExactly(List.of("left"));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class App {

        private final List<List<String>> batches = new ArrayList<>();
        private Thread thread;

        @BatchHandler("readings")
        void store(List<String> batch) {
            batches.add(batch);
            thread = Thread.currentThread();
        }
    }
}
