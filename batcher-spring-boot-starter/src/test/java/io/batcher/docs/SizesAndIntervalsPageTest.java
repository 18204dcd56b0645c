/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.docs;

import static io.batcher.docs.Fixtures.cloud;
import static io.batcher.docs.Fixtures.reading;
import static io.batcher.docs.Fixtures.some;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.docs.Fixtures.Reading;
import io.batcher.spring.BatcherCustomizer;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The examples and claims of docs/sizes-and-intervals.md. */
class SizesAndIntervalsPageTest extends PageTest {

    SizesAndIntervalsPageTest() {
        super("docs/sizes-and-intervals.md");
    }

    @Test
    void aBurstIsOneBatchAfterTheInterval() throws Exception {
        Batcher<Reading> readings = readings(java("When is a batch sent?"));
        readings.addMany(some(3));
        advance(Duration.ofMillis(499));
        assertThat(cloud.calls).isEmpty();
        advance(Duration.ofMillis(1));
        assertThat(cloud.calls).containsExactly(some(3));
        assertThat(Fixtures.time.pendingTimers()).isZero();
    }

    @Test
    void fullBatchesGoAtOnce() throws Exception {
        Batcher<Reading> readings = readings(java("When is a batch sent?"));
        readings.addMany(some(1_200));
        advance(Duration.ZERO);
        assertThat(cloud.calls).extracting(List::size).containsExactly(500, 500);
        advance(Duration.ofMillis(500));
        assertThat(cloud.calls).extracting(List::size).containsExactly(500, 500, 200);
    }

    @Test
    void aThousandASecondAreTwoCallsASecond() throws Exception {
        Batcher<Reading> readings = readings(java("When is a batch sent?"));
        for (int i = 0; i < 10_000; i++) {
            readings.add(reading);
            advance(Duration.ofMillis(1));
        }
        assertThat(cloud.calls).hasSize(20);
    }

    @Test
    void anEagerBatcherSendsTheFirstItemAtOnce() throws Exception {
        readings(java("Can an item go at once?"));
        advance(Duration.ZERO);
        assertThat(cloud.calls).containsExactly(List.of(reading));
    }

    @Test
    void heavyItemsMakeSmallBatches() throws Exception {
        @SuppressWarnings("unchecked") // the example says so
        Batcher<byte[]> pictures = (Batcher<byte[]>) Examples.runOnVirtualTime(java("Items differ much in size?", 0));
        sendPictures(pictures);
    }

    @Test
    void aCustomizerSetsTheWeigher() throws Exception {
        Class<?> configuration = Examples.compiled(java("Items differ much in size?", 1));
        Constructor<?> constructor = configuration.getDeclaredConstructor();
        Method bean = configuration.getDeclaredMethod("weightOfPictures");
        bean.setAccessible(true);
        BatcherBuilder<byte[]> builder = Fixtures.<byte[]>builder("pictures").handler(batch -> cloud.upload(batch));
        ((BatcherCustomizer) bean.invoke(constructor.newInstance())).customize("pictures", builder);
        sendPictures(builder.build());
    }

    private static void sendPictures(Batcher<byte[]> pictures) {
        pictures.add(new byte[400_000]);
        pictures.add(new byte[400_000]);
        pictures.add(new byte[400_000]); // too heavy for the first batch
        pictures.add(new byte[2_000_000]); // heavier than the limit
        pictures.flush();
        advance(Duration.ZERO);
        assertThat(cloud.uploads).containsExactly(2, 1, 1);
    }

    @Test
    void onlyByHand() throws Exception {
        Examples.run(java("Only on demand, or only by size?"));
        assertThat(cloud.calls).containsExactly(List.of(reading, reading));
    }
}
