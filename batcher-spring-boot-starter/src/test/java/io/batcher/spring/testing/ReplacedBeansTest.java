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
import io.batcher.spring.actuate.BatchersEndpoint;
import io.batcher.spring.health.BatchersHealthIndicator;
import io.batcher.testing.VirtualTime;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.annotation.DirtiesContext.ClassMode;
import org.springframework.test.context.bean.override.convention.TestBean;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.context.bean.override.mockito.MockitoSpyBean;

/** Tests may replace a batcher or a handler by a mock, a spy or a bean of their own, stop the context, and throw it away. */
class ReplacedBeansTest {

    @Nested
    @SpringBootTest(
            webEnvironment = WebEnvironment.NONE,
            classes = App.class,
            properties = {
                "management.endpoints.web.exposure.include=batchers",
                "management.health.batchers.enabled=true",
                "batcher.instances.audit.item-type=java.lang.Integer"
            })
    @ExtendWith(OutputCaptureExtension.class)
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
        void isInjectedAndFoundAndLeftAloneByTheLifecycle(CapturedOutput output) {
            service.add("a");
            verify(readings).add("a");
            assertThat(registry.get("readings")).isSameAs(readings);
            assertThat(registry.names()).containsExactly("audit", "readings");
            context.pause();
            context.restart();
            context.stop();
            context.start();
            assertThat(output).doesNotContain("Exception", "drained");
        }

        @Test
        void leavesTheOthersToBeWatchedAndOperated(@Autowired MeterRegistry meters) {
            BatchersEndpoint endpoint = context.getBean(BatchersEndpoint.class);
            assertThat(endpoint.batchers().batchers()).containsOnlyKeys("audit");
            assertThat(endpoint.batcher("readings")).isNull();
            assertThat(endpoint.flushAll().batchers()).containsOnlyKeys("audit");
            Health health = context.getBean(BatchersHealthIndicator.class).health();
            assertThat(health.getStatus()).isEqualTo(Status.UP);
            assertThat(health.getDetails()).containsOnlyKeys("audit");
            assertThat(meters.find("batcher.queue.depth").gauges())
                    .extracting(gauge -> gauge.getId().getTag("batcher"))
                    .containsExactly("audit");
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

    @Nested
    @SpringBootTest(webEnvironment = WebEnvironment.NONE, classes = App.class)
    @UseVirtualTime
    @ExtendWith(OutputCaptureExtension.class)
    class OfAnInterfaceOfAHandler {

        @MockitoBean
        Intake service;

        @Autowired
        Batcher<String> readings;

        @Autowired
        VirtualTime time;

        @Test
        void leavesTheBatcherWithoutAHandlerAndIsLoggedOnce(CapturedOutput output) {
            readings.add("a");
            time.advance(Duration.ofSeconds(5));
            assertThat(readings.stats().depth()).isEqualTo(1);
            assertThat(readings.stats().failedAttempts()).isZero();
            assertThat(output)
                    .containsOnlyOnce("Bean 'service' is a "
                            + service.getClass().getName()
                            + " without the method; therefore @BatchHandler(\"readings\") on " + Service.class.getName()
                            + ".store is never called: batcher \"readings\" has no handler and keeps its items, up to its"
                            + " capacity. To receive the batches, a mock must be of type " + Service.class.getName()
                            + "; or disable the batcher with"
                            + " batcher.instances.readings.enabled=false.")
                    .doesNotContain("hidden", "proxies", "Exception");
            readings.close();
        }
    }

    @Nested
    @SpringBootTest(webEnvironment = WebEnvironment.NONE, classes = App.class)
    @UseVirtualTime
    class ASpy {

        @MockitoSpyBean
        Batcher<String> readings;

        @MockitoSpyBean
        Service service;

        @Autowired
        VirtualTime time;

        @Test
        void ofABatcherDeliversToTheSpyOfItsHandler() {
            service.add("a");
            verify(readings).add("a");
            time.advance(Duration.ofMillis(500));
            verify(service).store(any());
            assertThat(readings.stats().handled()).isEqualTo(1);
        }
    }

    @Nested
    @SpringBootTest(webEnvironment = WebEnvironment.NONE, classes = App.class)
    @UseVirtualTime
    class ATestBean {

        @TestBean(name = "readingsBatcher")
        Batcher<String> readings;

        @Autowired
        Service service;

        static Batcher<String> readings() {
            return Batcher.<String>builder("readings")
                    .interval(Duration.ofHours(1))
                    .build();
        }

        @Test
        void takesThePlaceOfABatcherAndIsConnectedWithItsHandler() {
            service.add("a");
            readings.flush().join();
            assertThat(readings.stats().handled()).isEqualTo(1);
        }
    }

    @Nested
    @SpringBootTest(webEnvironment = WebEnvironment.NONE, classes = App.class)
    @DirtiesContext(classMode = ClassMode.BEFORE_EACH_TEST_METHOD)
    @UseVirtualTime
    class AContextThatIsThrownAway {

        @Autowired
        Batcher<String> readings;

        @Autowired
        VirtualTime time;

        @RepeatedTest(2)
        void isFollowedByAFreshOne() {
            readings.add("a");
            time.advance(Duration.ofMillis(500));
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

    interface Intake {
        void add(String item);
    }

    static class Service implements Intake {

        private final Batcher<String> readings;

        Service(Batcher<String> readings) {
            this.readings = readings;
        }

        @Override
        public void add(String item) {
            readings.add(item);
        }

        @BatchHandler("readings")
        void store(List<String> batch) {}
    }
}
