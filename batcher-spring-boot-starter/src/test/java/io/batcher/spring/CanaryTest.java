/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.BatchFailure;
import io.batcher.Batcher;
import io.batcher.BatcherFullException;
import io.batcher.CloseResult;
import io.batcher.DeadLetter;
import io.batcher.PartialBatchException;
import io.batcher.spring.metrics.BatchObservationContext;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Component;

/**
 * D3 to D5: what items hold, keys and values alike, and what exceptions say of them is nowhere to be seen. The one place for a
 * handler's own words is its stack trace in the log.
 */
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "management.endpoints.web.exposure.include=*",
            "management.endpoint.health.show-details=always",
            "management.health.batchers.enabled=true",
            "management.health.batchers.show-details=always",
            "logging.level.io.batcher=trace",
            "batcher.defaults.interval=1h",
            "batcher.instances.failing.capacity=2",
            "batcher.instances.dropping.capacity=2",
            "batcher.instances.dropping.overflow=drop-oldest",
            "batcher.instances.keyed.concurrency=2",
            "batcher.instances.keyed.batch-per-key=true",
            "batcher.instances.partial.retry.max-attempts=1",
            "batcher.instances.unclaimed.retry.max-attempts=1",
        })
@ExtendWith(OutputCaptureExtension.class)
class CanaryTest {

    private static final String CANARY = "tweet-tweet";

    @Autowired
    BatcherRegistry registry;

    @Autowired
    Handlers handlers;

    @Autowired
    Spans spans;

    @LocalServerPort
    int port;

    @Test
    void itIsNowhereVisible(CapturedOutput log) throws Exception {
        List<String> told = new ArrayList<>();
        add("working");
        add("failing");
        add("failing");
        told.add(failureOfAdding("failing"));
        add("dropping");
        add("dropping");
        add("dropping");
        add("keyed");
        add("partial");
        add("partial");
        add("unclaimed");
        for (int i = 0; i < 2; i++) {
            told.add(post("/actuator/batchers"));
        }
        told.add(post("/actuator/batchers/failing/pause"));
        told.add(post("/actuator/batchers/failing/explode"));
        told.add(get("/actuator/batchers"));
        told.add(get("/actuator/batchers/failing"));
        told.add(get("/actuator/health"));
        told.add(get("/actuator/metrics"));
        told.add(get("/actuator/prometheus"));
        told.add(get("/actuator/beans"));
        told.add(get("/actuator/configprops"));
        told.add(get("/actuator/conditions"));
        told.addAll(spans.seen);
        told.addAll(valuesAsStrings());

        assertThat(handlers.deadLetters).isNotEmpty();
        assertThat(spans.seen).isNotEmpty();
        assertThat(told)
                .hasSizeGreaterThan(30)
                .allSatisfy(text -> assertThat(text).isNotEmpty().doesNotContain(CANARY));
        assertThat(log.getAll().lines().filter(line -> line.contains(CANARY)))
                .isNotEmpty()
                .allMatch(CanaryTest::isOfTheHandlersOwnThrowable);
        assertThat(log).contains("Batcher \"failing\"", "Batcher \"unclaimed\"");
    }

    /** The first line of a stack trace: class and message. */
    private static boolean isOfTheHandlersOwnThrowable(String line) {
        return line.strip().matches("(Caused by: |Suppressed: )?[\\w.$]+: " + CANARY + " in a message");
    }

    private void add(String batcher) {
        batcher(batcher).add(new Item(Map.of(CANARY + "-key", CANARY + "-value")));
    }

    private Batcher<Item> batcher(String name) {
        return registry.get(name, Item.class);
    }

    private String failureOfAdding(String batcher) {
        try {
            add(batcher);
        } catch (BatcherFullException e) {
            return e.toString();
        }
        throw new AssertionError("the buffer is not full");
    }

    private Stream<String> toStrings(Object... values) {
        return Stream.of(values).map(Object::toString);
    }

    private List<String> valuesAsStrings() {
        List<String> strings = new ArrayList<>();
        registry.managed()
                .forEach(managed -> toStrings(
                                managed,
                                managed.batcher(),
                                managed.batcher().stats(),
                                managed.config().orElseThrow(),
                                managed.config().orElseThrow().retry(),
                                managed.lastFailure(),
                                managed.handler())
                        .forEach(strings::add));
        handlers.failures.forEach(failure -> strings.add(failure.toString()));
        handlers.deadLetters.forEach(letter -> strings.add(letter.toString()));
        handlers.failures.forEach(failure -> strings.add(new BatchObservationContext("b", failure.batch()).toString()));
        try (Batcher<Item> closed = Batcher.<Item>builder("closed").build()) {
            closed.add(new Item(Map.of(CANARY, CANARY)));
            CloseResult<Item> result = closed.close(Duration.ZERO);
            assertThat(result.undelivered()).hasSize(1);
            strings.add(result.toString());
            strings.add(closed.toString());
        }
        return strings;
    }

    private String get(String path) throws Exception {
        return send(HttpRequest.newBuilder(uri(path)).GET());
    }

    private String post(String path) throws Exception {
        return send(HttpRequest.newBuilder(uri(path)).POST(BodyPublishers.noBody()));
    }

    private URI uri(String path) {
        return URI.create("http://localhost:" + port + path);
    }

    private static String send(HttpRequest.Builder request) throws Exception {
        var response = HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
        return response.statusCode() + " " + response.headers().map() + response.body();
    }

    record Item(Map<String, String> content) {}

    static class Failure extends IllegalStateException {

        Failure() {
            super(CANARY + " in a message");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @org.springframework.context.annotation.Import({Handlers.class, Spans.class})
    static class App {}

    @Component
    static class Handlers {

        final List<BatchFailure<Item>> failures = Collections.synchronizedList(new ArrayList<>());
        final List<DeadLetter<Item>> deadLetters = Collections.synchronizedList(new ArrayList<>());

        @BatchHandler("working")
        void work(List<Item> batch) {}

        @BatchHandler("failing")
        void fail(List<Item> batch) {
            throw new Failure();
        }

        @BatchErrorHandler("failing")
        void failed(BatchFailure<Item> failure) {
            failures.add(failure);
            throw new Failure();
        }

        @BatchHandler("dropping")
        void drop(List<Item> batch) {
            throw new Failure();
        }

        @BatchHandler("keyed")
        void handleKeyed(List<Item> batch) {
            throw new Failure();
        }

        @BatchKey("keyed")
        Object key(Item item) {
            return item;
        }

        @BatchHandler("partial")
        void handlePartly(List<Item> batch) {
            throw new PartialBatchException(Map.of(0, new Failure()));
        }

        @DeadLetterHandler("partial")
        void dead(DeadLetter<Item> letter) {
            deadLetters.add(letter);
        }

        @BatchHandler("unclaimed")
        void giveUp(List<Item> batch) {
            throw new Failure();
        }
    }

    /** Everything that a tracer receives. */
    @Component
    static class Spans implements ObservationHandler<BatchObservationContext> {

        final List<String> seen = Collections.synchronizedList(new ArrayList<>());

        @Override
        public boolean supportsContext(Observation.Context context) {
            return context instanceof BatchObservationContext;
        }

        @Override
        public void onStart(BatchObservationContext context) {
            seen.add(context.toString());
        }

        @Override
        public void onError(BatchObservationContext context) {
            StringWriter stack = new StringWriter();
            context.getError().printStackTrace(new PrintWriter(stack, true));
            seen.add(stack.toString());
            seen.add(context.toString());
            assertThat(stack.toString()).contains(Failure.class.getName(), Handlers.class.getName());
        }

        @Override
        public void onStop(BatchObservationContext context) {
            seen.add(context.getName() + context.getContextualName() + context);
        }
    }
}
