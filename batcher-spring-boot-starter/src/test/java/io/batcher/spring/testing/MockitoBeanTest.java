/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.verify;

import io.batcher.Batcher;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatcherRegistry;
import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.context.bean.override.mockito.MockitoBean;

/** Tests may replace a batcher or a handler by a mock, and stop the context. */
class MockitoBeanTest {

    @Nested
    @SpringBootTest(webEnvironment = WebEnvironment.NONE, classes = App.class)
    class OfABatcher {

        @MockitoBean
        Batcher<String> readings;

        @Autowired
        Service service;

        @Autowired
        BatcherRegistry registry;

        @Autowired
        ConfigurableApplicationContext context;

        @Test
        void isInjectedAndFoundAndLeftAloneByTheLifecycle() {
            service.add("a");
            verify(readings).add("a");
            assertThat(registry.get("readings")).isSameAs(readings);
            assertThat(registry.names()).containsExactly("readings");
            context.stop();
            context.start();
        }
    }

    @Nested
    @SpringBootTest(webEnvironment = WebEnvironment.NONE, classes = App.class)
    @UseVirtualTime
    class OfAHandler {

        @MockitoBean
        Service service;

        @Autowired
        Batcher<String> readings;

        @Autowired
        VirtualTime time;

        @Test
        void isCalledWithTheBatch() {
            readings.add("a");
            time.advance(Duration.ofMillis(500));
            verify(service).store(any());
            assertThat(readings.stats().handled()).isEqualTo(1);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class App {

        @Bean
        Service service(Batcher<String> readings) {
            return new Service(readings);
        }
    }

    static class Service {

        private final Batcher<String> readings;

        Service(Batcher<String> readings) {
            this.readings = readings;
        }

        void add(String item) {
            readings.add(item);
        }

        @BatchHandler("readings")
        void store(List<String> batch) {}
    }
}
