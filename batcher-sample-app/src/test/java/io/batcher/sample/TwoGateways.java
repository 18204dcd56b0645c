/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.sample.cloud.CloudStore;
import io.batcher.spring.BatcherRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** Two gateways that share a store of 16 partitions. */
final class TwoGateways {

    private static final int SENSORS = 32;
    private static final int EACH = 40;

    private TwoGateways() {}

    /** Adds readings at both and asserts that both deliver some, and that each sensor's arrive in order. */
    static void deliverEachSensorInOrder(String... arguments) {
        try (ConfigurableApplicationContext one = start(arguments);
                ConfigurableApplicationContext two = start(arguments)) {
            Await.until(() ->
                    readings(one).stats().lanes() == 8 && readings(two).stats().lanes() == 8);
            for (int i = 0; i < EACH; i++) {
                List<Reading> atOne = new ArrayList<>();
                List<Reading> atTwo = new ArrayList<>();
                for (int sensor = 0; sensor < SENSORS; sensor++) {
                    Reading reading =
                            SampleTest.someReadings("s" + sensor, EACH).get(i);
                    (sensor % 2 == 0 ? atOne : atTwo).add(reading);
                }
                readings(one).addMany(atOne);
                readings(two).addMany(atTwo);
            }
            CloudStore cloud = one.getBean(CloudStore.class);
            Await.until(() -> cloud.count(CloudStore.GATEWAY) == SENSORS * EACH);
            assertThat(readings(one).stats().handled()).isPositive();
            assertThat(readings(two).stats().handled()).isPositive();
            Map<String, List<Reading>> bySensor = cloud.readings(CloudStore.GATEWAY, 0, Integer.MAX_VALUE).stream()
                    .collect(Collectors.groupingBy(Reading::sensor));
            assertThat(bySensor)
                    .hasSize(SENSORS)
                    .allSatisfy(
                            (sensor, stored) -> assertThat(stored).isEqualTo(SampleTest.someReadings(sensor, EACH)));
        }
    }

    private static ConfigurableApplicationContext start(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--server.port=0");
        return SpringApplication.run(SampleApplication.class, all.toArray(String[]::new));
    }

    private static Batcher<Reading> readings(ConfigurableApplicationContext context) {
        return context.getBean(BatcherRegistry.class).get("readings", Reading.class);
    }
}
