/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.docs;

import static io.batcher.docs.Fixtures.alarm;
import static io.batcher.docs.Fixtures.cloud;
import static io.batcher.docs.Fixtures.parked;
import static io.batcher.docs.Fixtures.reading;
import static io.batcher.docs.Fixtures.some;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.docs.Fixtures.Reading;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The examples and claims of docs/dead-letters.md. */
class DeadLettersPageTest extends PageTest {

    private static final String POISON = "One bad item fails every batch, and I do not know which";

    DeadLettersPageTest() {
        super("docs/dead-letters.md");
    }

    @Test
    void itemsAreGivenUpAfterFiveAttempts() throws Exception {
        Batcher<Reading> readings = readings(java("When is it better to give up?", 0));
        cloud.down = true;
        readings.add(reading);
        advance(Duration.ofMillis(4 * 500));
        assertThat(parked.items).isEmpty();
        advance(Duration.ofMillis(500));
        assertThat(parked.items).containsExactly(reading);
        assertThat(readings.stats().deadLettered()).isEqualTo(1);
        assertThat(cloud.attempts).isEqualTo(5);
    }

    @Test
    void orAtOnceForACauseThatIsNotWorthASecondAttempt() throws Exception {
        Batcher<Reading> readings = readings(java("When is it better to give up?", 0));
        cloud.bug = new IllegalStateException();
        readings.add(reading);
        advance(Duration.ofMillis(500));
        assertThat(parked.items).containsExactly(reading);
        assertThat(parked.causes).containsExactly(cloud.bug);
    }

    @Test
    void withSpringBootTheCallbacksAreMethods() {
        Class<?> sender = Examples.compiled(java("When is it better to give up?", 1));
        Yaml.with(yaml("When is it better to give up?"), application(sender)).run(context -> {
            cloud.down = true;
            readingsOf(context).add(reading);
            advance(Duration.ofMillis(5 * 500));
            assertThat(alarm.raised).hasSize(5);
            assertThat(parked.items).containsExactly(reading);

            cloud.bug = new IllegalStateException();
            readingsOf(context).add(reading);
            advance(Duration.ofMillis(500));
            assertThat(parked.causes).last().isEqualTo(cloud.bug);
        });
    }

    @Test
    void namedItemsStayAndTheOthersAreHandled() throws Exception {
        Batcher<Reading> readings = readings(java("Only some items failed"));
        List<Reading> items = some(4);
        cloud.refused.add(items.get(1));
        readings.addMany(items);
        advance(Duration.ofMillis(500));
        assertThat(cloud.calls).containsExactly(List.of(items.get(0), items.get(2), items.get(3)));
        assertThat(readings.stats().handled()).isEqualTo(3);
        assertThat(readings.stats().depth()).isEqualTo(1);

        advance(Duration.ofMillis(2 * 500));
        assertThat(parked.items).containsExactly(items.get(1));
    }

    @Test
    void theGoodItemsOfABatchWithABadOneAreDeliveredInOrder() throws Exception {
        Batcher<Reading> readings = readings(java(POISON));
        List<Reading> items = some(8);
        cloud.refused.add(items.get(5));
        readings.addMany(items);
        advance(Duration.ofMinutes(1));
        List<Reading> good = new ArrayList<>(items);
        good.remove(5);
        assertThat(cloud.stored()).isEqualTo(good);
        assertThat(parked.items).containsExactly(items.get(5));
    }

    @Test
    void anOutageQuarantinesNothing() throws Exception {
        Batcher<Reading> readings = readings(java(POISON));
        cloud.down = true;
        readings.addMany(some(8));
        advance(Duration.ofHours(1));
        assertThat(parked.items).isEmpty();
        cloud.down = false;
        advance(Duration.ofMinutes(1));
        assertThat(cloud.stored()).isEqualTo(some(8));
    }
}
