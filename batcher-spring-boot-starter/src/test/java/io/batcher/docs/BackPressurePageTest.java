/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.docs;

import static io.batcher.docs.Fixtures.cloud;
import static io.batcher.docs.Fixtures.parked;
import static io.batcher.docs.Fixtures.reading;
import static io.batcher.docs.Fixtures.some;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.batcher.Batcher;
import io.batcher.BatcherFullException;
import io.batcher.Overflow;
import io.batcher.docs.Fixtures.Reading;
import io.batcher.docs.snippet.GatewayApplication;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.ResponseEntity;

/** The examples and claims of docs/back-pressure.md. */
class BackPressurePageTest extends PageTest {

    BackPressurePageTest() {
        super("docs/back-pressure.md");
    }

    @ParameterizedTest
    @CsvSource({
        "REJECT,      true,  false, true,  3, 0",
        "BLOCK,       true,  false, true,  3, 0",
        "DROP_NEWEST, false, false, true,  0, 3",
        "DROP_OLDEST, false, true,  false, 0, 3"
    })
    void whatHappensToOneItemMore(
            Overflow overflow, boolean addThrows, boolean offered, boolean submitFails, int rejected, int dropped) {
        Batcher<Reading> readings = toTheCloud().capacity(1).overflow(overflow).build();
        readings.pause();
        readings.add(reading);
        long before = Fixtures.time.nanoTime();
        if (addThrows) {
            assertThatExceptionOfType(BatcherFullException.class).isThrownBy(() -> readings.add(reading));
        } else {
            readings.add(reading);
        }
        boolean waits = overflow == Overflow.BLOCK;
        assertThat(Fixtures.time.nanoTime() - before).isEqualTo(waits ? 1_000_000_000 : 0);
        assertThat(readings.offer(reading)).isEqualTo(offered);
        assertThat(readings.submit(reading).isCompletedExceptionally()).isEqualTo(submitFails);
        assertThat(readings.stats().rejected()).isEqualTo(rejected);
        assertThat(readings.stats().dropped()).isEqualTo(dropped);
        assertThat(readings.stats().depth()).isEqualTo(1);
    }

    @Test
    void aCollectionThatCanNeverFitIsRefused() {
        Batcher<Reading> readings = toTheCloud().capacity(2).build();
        assertThatIllegalArgumentException().isThrownBy(() -> readings.addMany(some(3)));
        assertThat(readings.stats().depth()).isZero();
    }

    @Test
    void theOldestIsDroppedAndReported() throws Exception {
        Batcher<Reading> readings = readings(java("What happens when the buffer is full?"));
        readings.stopAutoFlush();
        readings.pause();
        some(10_001).forEach(readings::add);
        assertThat(parked.items).containsExactly(some(1).get(0));
        readings.resume();
        readings.flush();
        advance(Duration.ZERO);
        assertThat(cloud.stored()).isEqualTo(some(10_001).subList(1, 10_001));
    }

    @Test
    void blockingWaitsForTheTimeThatIsConfigured() {
        Yaml.with(yaml("What happens when the buffer is full?"), application(GatewayApplication.class))
                .run(context -> {
                    Batcher<Reading> readings = readingsOf(context);
                    readings.pause();
                    readings.addMany(some(10_000));
                    long before = Fixtures.time.nanoTime();
                    assertThatExceptionOfType(BatcherFullException.class).isThrownBy(() -> readings.add(reading));
                    assertThat(Fixtures.time.nanoTime() - before).isEqualTo(500_000_000);
                    readings.resume();
                });
    }

    @Test
    void aWebApplicationAnswers429() throws Exception {
        Class<?> advice = Examples.compiled(java("How does a web application pass it on?"));
        Constructor<?> constructor = advice.getDeclaredConstructor();
        constructor.setAccessible(true);
        Method handler = advice.getDeclaredMethod("tooManyRequests", BatcherFullException.class);
        handler.setAccessible(true);
        var answer = (ResponseEntity<?>) handler.invoke(constructor.newInstance(), new BatcherFullException("full"));
        assertThat(answer.getStatusCode().value()).isEqualTo(429);
        assertThat(answer.getHeaders().getFirst("Retry-After")).isEqualTo("1");
    }

    @Test
    void theStatisticsAreThere() throws Exception {
        Fixtures.readings = toTheCloud().build();
        Examples.run(java("How do I know before it happens?"));
    }
}
