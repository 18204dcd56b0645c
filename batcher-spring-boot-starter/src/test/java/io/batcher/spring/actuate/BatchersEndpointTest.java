/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.BatcherState;
import io.batcher.RetryAfterException;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.actuate.FlushDescriptor.Outcome;
import io.batcher.spring.autoconfigure.BatcherAutoConfiguration;
import io.batcher.spring.autoconfigure.BatcherEndpointAutoConfiguration;
import io.batcher.spring.testing.UseVirtualTime;
import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** S6: what needs no port to be tried. */
class BatchersEndpointTest {

    private final ApplicationContextRunner contexts = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(BatcherAutoConfiguration.class, BatcherEndpointAutoConfiguration.class))
            .withPropertyValues("management.endpoints.web.exposure.include=batchers")
            .withUserConfiguration(UseVirtualTime.VirtualTimeConfiguration.class, Readings.class);

    @Test
    void whoIsClosedDoesNotRestAnyMore() {
        contexts.run(context -> {
            Batcher<?> readings = context.getBean(Batcher.class);
            readings.pause();
            readings.close();
            BatcherDescriptor described =
                    context.getBean(BatchersEndpoint.class).batcher("readings");
            assertThat(described.state()).isEqualTo(BatcherState.CLOSED);
            assertThat(described.pausedForMs()).isNull();
        });
    }

    @Test
    void anyFlushTimeoutCanBeWaitedFor() {
        contexts.withPropertyValues("batcher.endpoint.flush-timeout=999999999d")
                .run(context -> assertThat(context.getBean(BatchersEndpoint.class)
                                .flush("readings")
                                .outcome())
                        .isEqualTo(Outcome.SUCCESS));
    }

    @Test
    void aRestIsToldUntilItIsOver() {
        contexts.run(context -> {
            Readings readings = context.getBean(Readings.class);
            readings.retryAfter = Duration.ofSeconds(30);
            context.getBean(BatcherRegistry.class).get("readings", String.class).add("canary");
            VirtualTime time = context.getBean(VirtualTime.class);
            time.advance(Duration.ofMillis(500));
            BatcherDescriptor resting = context.getBean(BatchersEndpoint.class).batcher("readings");
            assertThat(resting.throttled()).isEqualTo(1);
            assertThat(resting.restingForMs()).isEqualTo(30_000);
            assertThat(resting.lastFailure()).isNull();
            assertThat(context.getBean(BatchersEndpoint.class).flush("readings").outcome())
                    .isEqualTo(Outcome.FAILED);
            time.advance(Duration.ofSeconds(30).minusNanos(1));
            assertThat(context.getBean(BatchersEndpoint.class)
                            .batcher("readings")
                            .restingForMs())
                    .isEqualTo(1);
            readings.retryAfter = null;
            time.advance(Duration.ofNanos(1));
            BatcherDescriptor after = context.getBean(BatchersEndpoint.class).batcher("readings");
            assertThat(after.restingForMs()).isNull();
            assertThat(after.throttled()).isEqualTo(1);
        });
    }

    static class Readings {

        Duration retryAfter;

        @BatchHandler("readings")
        void store(List<String> batch) {
            if (retryAfter != null) {
                throw new RetryAfterException(retryAfter);
            }
        }
    }
}
