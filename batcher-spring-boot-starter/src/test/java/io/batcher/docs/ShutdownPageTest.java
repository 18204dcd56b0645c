/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.docs;

import static io.batcher.docs.Fixtures.cloud;
import static io.batcher.docs.Fixtures.parked;
import static io.batcher.docs.Fixtures.reading;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.docs.Fixtures.Reading;
import io.batcher.docs.snippet.GatewayApplication;
import io.batcher.spring.BatchHandler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The examples and claims of docs/shutdown.md; the sample's ShutdownTest sends a real SIGTERM. */
class ShutdownPageTest extends PageTest {

    ShutdownPageTest() {
        super("docs/shutdown.md");
    }

    @Test
    void anApplicationThatStopsDeliversWhatWaits() {
        Yaml.with(yaml("How long may it take?"), application(GatewayApplication.class))
                .withPropertyValues("batcher.defaults.interval=1h")
                .run(context -> {
                    readingsOf(context).add(reading);
                    context.getSourceApplicationContext().close();
                    assertThat(cloud.calls).containsExactly(List.of(reading));
                });
    }

    @Test
    void evenIfItIsPaused() {
        application(GatewayApplication.class).run(context -> {
            readingsOf(context).pause();
            readingsOf(context).add(reading);
            context.getSourceApplicationContext().close();
            assertThat(cloud.calls).containsExactly(List.of(reading));
        });
    }

    @Test
    void whatCannotBeDeliveredIsHandedOver() {
        Class<?> leftovers = Examples.compiled(java("How long may it take?"));
        application(GatewayApplication.class, leftovers).run(context -> {
            cloud.down = true;
            readingsOf(context).add(reading);
            context.getSourceApplicationContext().close();
            assertThat(parked.items).containsExactly(reading);
        });
    }

    @Test
    void aCallThatFailsEndsTheDrainAtOnce() {
        application(GatewayApplication.class).run(context -> {
            cloud.down = true;
            readingsOf(context).add(reading);
            context.getSourceApplicationContext().close();
            assertThat(Fixtures.time.nanoTime()).isZero();
        });
    }

    @Test
    void aCallThatHangsTakesTheTimeTwice() {
        Yaml.with(yaml("How long may it take?"), application(Hanging.class)).run(context -> {
            readingsOf(context).add(reading);
            context.getSourceApplicationContext().close();
            assertThat(Duration.ofNanos(Fixtures.time.nanoTime())).isEqualTo(Duration.ofSeconds(2 * 10));
        });
    }

    static class Hanging {

        @BatchHandler("readings")
        CompletableFuture<Void> send(List<Reading> batch) {
            return new CompletableFuture<>();
        }
    }

    @Test
    void closeHandsBackWhatWasNotDelivered() throws Exception {
        Fixtures.readings = toTheCloud().build();
        Fixtures.readings.add(reading);
        cloud.down = true;
        Examples.run(java("In plain Java"));
        assertThat(parked.items).containsExactly(reading);
    }

    @Test
    void aBatcherCanRestForAWhile() throws Exception {
        // In real time: the example joins a future.
        Fixtures.readings = Batcher.<Reading>builder("readings")
                .handler(batch -> cloud.post(batch))
                .build();
        Examples.run(java("Stop temporarily"));
        assertThat(cloud.calls).containsExactly(List.of(reading));
        Fixtures.readings.startAutoFlush();
        Fixtures.readings.close();
    }
}
