/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Value;
import tools.jackson.databind.JsonNode;

/** The gateway's batcher is keyed by sensor: several calls at once, each sensor in order. */
@Timeout(120)
class LanesTest extends SampleTest {

    private static final int SENSORS = 16;
    private static final int EACH = 100;
    private static final int CONCURRENCY = 4;

    @Value("${local.server.port}")
    int port;

    @AfterEach
    void repair() {
        Cloud.change(http, "{\"broken\":false,\"latencyMillis\":5}");
    }

    @Test
    void callsForSeveralSensorsRunAtOnceAndThePageShowsThem() throws Exception {
        Cloud.change(http, "{\"latencyMillis\":300}");
        List<Integer> busy = new ArrayList<>();
        try (var page = EventStream.open(port)) {
            readings.addMany(readingsOfAllSensors());
            JsonNode working = page.await(snapshot -> {
                busy.add(snapshot.at("/lanes/busy").intValue());
                return snapshot.at("/lanes/busy").intValue() > 1;
            });
            assertThat(working.at("/lanes/total").intValue()).isEqualTo(CONCURRENCY);
            page.await(snapshot -> {
                busy.add(snapshot.at("/lanes/busy").intValue());
                return snapshot.at("/batcher/depth").intValue() == 0
                        && snapshot.at("/lanes/busy").intValue() == 0;
            });
        }
        assertThat(busy).allMatch(calls -> calls <= CONCURRENCY);
        assertEachSensorIsStoredInOrder();
    }

    @Test
    void eachSensorStaysInOrderAlsoWhenCallsFail() throws Exception {
        Cloud.change(http, "{\"broken\":true}");
        long failed = readings.stats().failedAttempts();
        readings.addMany(readingsOfAllSensors());
        Await.until(() -> readings.stats().failedAttempts() >= failed + 2);

        Cloud.change(http, "{\"broken\":false}");
        flush();

        assertEachSensorIsStoredInOrder();
    }

    private void assertEachSensorIsStoredInOrder() {
        Function<List<Reading>, Map<String, List<Reading>>> bySensor =
                all -> all.stream().collect(Collectors.groupingBy(Reading::sensor));
        assertThat(bySensor.apply(stored())).isEqualTo(bySensor.apply(readingsOfAllSensors()));
    }

    /** One of each sensor in turn. */
    private static List<Reading> readingsOfAllSensors() {
        List<List<Reading>> all = IntStream.range(0, SENSORS)
                .mapToObj(sensor -> someReadings("s" + sensor, EACH))
                .toList();
        return IntStream.range(0, SENSORS * EACH)
                .mapToObj(i -> all.get(i % SENSORS).get(i / SENSORS))
                .toList();
    }
}
