/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.Batch;
import io.batcher.Batcher;
import io.batcher.RetryAfterException;
import io.batcher.spring.fixtures.Contexts;
import io.batcher.spring.fixtures.Reading;
import io.batcher.testing.VirtualTime;
import java.io.IOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;

/** S8a: an application with {@code @BatchKey} beside {@code @BatchHandler}. */
@ExtendWith(OutputCaptureExtension.class)
class KeyedBatchersTest {

    private static final Duration INTERVAL = Duration.ofMillis(500);

    private final ApplicationContextRunner contexts = Contexts.inVirtualTime()
            .withPropertyValues(
                    "batcher.instances.readings.concurrency=2", "batcher.instances.readings.batch-per-key=true");

    /** Also on the starter's own threads, which are limited. */
    @Test
    void callsForDifferentKeysRunAtOnceAndEachKeyIsInOrder() {
        Contexts.inRealTime()
                .withBean(Meeting.class)
                .withPropertyValues(
                        "batcher.instances.readings.concurrency=4",
                        "batcher.instances.readings.batch-per-key=true",
                        "batcher.instances.readings.max-batch-size=10",
                        "batcher.instances.readings.interval=1h")
                .run(context -> {
                    Batcher<Reading> readings = readings(context);
                    for (int value = 0; value < 20; value++) {
                        for (String sensor : List.of("a", "b", "c", "d")) {
                            readings.add(new Reading(sensor, value));
                        }
                    }
                    readings.flush().get(1, TimeUnit.MINUTES);
                    Meeting meeting = context.getBean(Meeting.class);
                    assertThat(meeting.values).containsOnlyKeys("a", "b", "c", "d");
                    assertThat(meeting.values.values())
                            .allSatisfy(values -> assertThat(values).hasSize(20).isSorted());
                });
    }

    @Test
    void aBatchHasItemsOfOneKeyAndReturnsIt() {
        contexts.withBean(PerKey.class).run(context -> {
            readings(context).addMany(List.of(new Reading("a", 1), new Reading("b", 2), new Reading("a", 3)));
            readings(context).add(new Reading("none", 4));
            context.getBean(VirtualTime.class).advance(INTERVAL);
            assertThat(context.getBean(PerKey.class).batches)
                    .containsOnlyKeys(Optional.of("a"), Optional.of("b"), Optional.empty())
                    .containsEntry(Optional.of("a"), List.of(new Reading("a", 1), new Reading("a", 3)));
        });
    }

    @Test
    void aKeyThatFailsHoldsUpNoOther() {
        contexts.withBean(PerKey.class).run(context -> {
            PerKey handler = context.getBean(PerKey.class);
            handler.failing = "a";
            readings(context).addMany(List.of(new Reading("a"), new Reading("b")));
            context.getBean(VirtualTime.class).advance(INTERVAL);
            assertThat(handler.batches).containsOnlyKeys(Optional.of("b"));
            assertThat(readings(context).stats().depth()).isEqualTo(1);
        });
    }

    /** Both keys are attempted at close, in the order of their items: the success follows the failure. */
    @Test
    void theCauseOfItemsThatAreLeftIsLoggedThoughAnotherKeyHasSucceeded(CapturedOutput output) {
        contexts.withBean(PerKey.class).run(context -> {
            PerKey handler = context.getBean(PerKey.class);
            handler.failing = "a";
            readings(context).addMany(List.of(new Reading("a"), new Reading("b")));
            context.getSourceApplicationContext().close();
            assertThat(handler.batches).containsOnlyKeys(Optional.of("b"));
        });
        assertThat(output)
                .contains("Batcher \"readings\" is closed with 1 item not delivered")
                .containsPattern("(?s)is closed with 1 item not delivered.*java.io.IOException: no disk");
    }

    @Test
    void aRestIsOfAllKeys() {
        contexts.withBean(PerKey.class).run(context -> {
            PerKey handler = context.getBean(PerKey.class);
            handler.resting = true;
            readings(context).add(new Reading("a"));
            context.getBean(VirtualTime.class).advance(INTERVAL);
            handler.resting = false;
            readings(context).add(new Reading("b"));
            context.getBean(VirtualTime.class).advance(Duration.ofSeconds(9));
            assertThat(handler.batches).isEmpty();
            context.getBean(VirtualTime.class).advance(Duration.ofSeconds(1));
            assertThat(handler.batches).containsOnlyKeys(Optional.of("a"), Optional.of("b"));
        });
    }

    @Test
    void theCallThatRunsLongestIsTold() {
        contexts.withBean(Pending.class).run(context -> {
            Pending pending = context.getBean(Pending.class);
            VirtualTime time = context.getBean(VirtualTime.class);
            readings(context).add(new Reading("a"));
            time.advance(INTERVAL);
            readings(context).add(new Reading("b"));
            time.advance(INTERVAL);
            assertThat(pending.stages).containsOnlyKeys("a", "b");
            time.advance(Duration.ofSeconds(1));
            assertThat(managed(context).busyFor()).contains(Duration.ofMillis(1_500));
            pending.stages.get("a").complete(null);
            time.runReady();
            assertThat(managed(context).busyFor()).contains(Duration.ofSeconds(1));
            pending.stages.get("b").complete(null);
            time.runReady();
            assertThat(managed(context).busyFor()).isEmpty();
        });
    }

    @Test
    void theKeysThatHaveItemsAreCounted() {
        contexts.withBean(PerKey.class).run(context -> {
            readings(context).addMany(List.of(new Reading("a"), new Reading("b"), new Reading("c")));
            assertThat(readings(context).stats().lanes()).isEqualTo(3);
        });
    }

    @Test
    void anExceptionOfTheKeyGoesToTheCallerOfAddAndNothingIsAdded() {
        contexts.withBean(Failing.class).run(context -> {
            Batcher<Reading> readings = readings(context);
            assertThatThrownBy(() -> readings.add(new Reading("unchecked")))
                    .isExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessage("no sensor");
            assertThatThrownBy(() -> readings.add(new Reading("checked")))
                    .isExactlyInstanceOf(UndeclaredThrowableException.class)
                    .hasCauseExactlyInstanceOf(IOException.class);
            assertThatThrownBy(() -> readings.addMany(List.of(new Reading("good"), new Reading("unchecked"))))
                    .hasMessage("no sensor");
            assertThat(readings.stats().depth()).isZero();
        });
    }

    @Test
    void aStaticMethodGivesKeysWhileItsBeanIsBeingCreated() {
        contexts.withBean(AddsAtOnce.class)
                .run(context -> assertThat(readings(context).stats().depth()).isEqualTo(1));
    }

    @Test
    void anotherMethodCannotBeCalledWhileItsBeanIsBeingCreated() {
        contexts.withBean("tooEarly", AddsTooEarly.class)
                .run(context -> assertThat(context.getStartupFailure())
                        .isInstanceOf(BeanCreationException.class)
                        .hasStackTraceContaining("@BatchKey(\"readings\") on " + AddsTooEarly.class.getName()
                                + ".key of bean 'tooEarly' cannot be called while the bean is being created; make the method"
                                + " static, or add items later"));
    }

    private static Batcher<Reading> readings(ApplicationContext context) {
        return context.getBean(BatcherRegistry.class).get("readings", Reading.class);
    }

    private static ManagedBatcher managed(ApplicationContext context) {
        return context.getBean(BatcherRegistry.class).managed().iterator().next();
    }

    /** Each call waits until four are running. */
    static class Meeting {

        final Map<String, List<Double>> values = new ConcurrentHashMap<>();
        private final CyclicBarrier four = new CyclicBarrier(4);

        @BatchHandler("readings")
        void handle(Batch<Reading> batch) throws Exception {
            four.await(1, TimeUnit.MINUTES);
            values.computeIfAbsent((String) batch.key().orElseThrow(), key -> new ArrayList<>())
                    .addAll(batch.stream().map(Reading::value).toList());
        }

        @BatchKey("readings")
        String sensor(Reading reading) {
            return reading.sensor();
        }
    }

    static class PerKey {

        final Map<Optional<Object>, List<Reading>> batches = new HashMap<>();
        String failing = "";
        boolean resting;

        @BatchHandler("readings")
        void handle(Batch<Reading> batch) throws IOException {
            if (resting) {
                throw new RetryAfterException(Duration.ofSeconds(10));
            }
            if (batch.get(0).sensor().equals(failing)) {
                throw new IOException("no disk");
            }
            batches.put(batch.key(), List.copyOf(batch));
        }

        @BatchKey("readings")
        String sensor(Reading reading) {
            return reading.sensor().equals("none") ? null : reading.sensor();
        }
    }

    static class Pending {

        final Map<String, CompletableFuture<Void>> stages = new HashMap<>();

        @BatchHandler("readings")
        CompletionStage<Void> handle(Batch<Reading> batch) {
            return stages.computeIfAbsent((String) batch.key().orElseThrow(), key -> new CompletableFuture<>());
        }

        @BatchKey("readings")
        String sensor(Reading reading) {
            return reading.sensor();
        }
    }

    static class Failing {

        @BatchHandler("readings")
        void handle(List<Reading> batch) {}

        @BatchKey("readings")
        String key(Reading reading) throws IOException {
            switch (reading.sensor()) {
                case "checked" -> throw new IOException("no registry");
                case "unchecked" -> throw new IllegalArgumentException("no sensor");
                default -> {
                    return reading.sensor();
                }
            }
        }
    }

    static class AddsAtOnce {

        AddsAtOnce(Batcher<Reading> readings) {
            readings.add(new Reading("a"));
        }

        @BatchHandler("readings")
        void handle(List<Reading> batch) {}

        @BatchKey("readings")
        private static String key(Reading reading) {
            return reading.sensor();
        }
    }

    static class AddsTooEarly {

        AddsTooEarly(Batcher<Reading> readings) {
            readings.add(new Reading("a"));
        }

        @BatchHandler("readings")
        void handle(List<Reading> batch) {}

        @BatchKey("readings")
        String key(Reading reading) {
            return reading.sensor();
        }
    }
}
