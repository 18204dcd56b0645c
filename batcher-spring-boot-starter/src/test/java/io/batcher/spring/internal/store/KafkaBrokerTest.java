/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.jayway.jsonpath.JsonPath;
import io.batcher.Batch;
import io.batcher.Batcher;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatchKey;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.autoconfigure.StartFailures;
import io.batcher.spring.fixtures.Await;
import io.batcher.spring.fixtures.Reading;
import io.batcher.store.kafka.Broker;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.config.TopicBuilder;
import org.springframework.kafka.core.KafkaAdmin;

/** S11: an application that uses Spring Kafka itself, whose batcher has the store "kafka", with a broker. */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class KafkaBrokerTest {

    private static final int PARTITIONS = 4;

    private final Broker broker = Broker.shared();
    private final String prefix = Broker.newPrefix();
    private final String deadTopic = prefix + "readings-dead";
    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void itemsAreDeliveredInTheOrderOfTheirKey() throws Exception {
        broker.createFor(prefix, "readings", PARTITIONS);
        List<Reading> added = IntStream.range(0, 300)
                .mapToObj(i -> new Reading("s" + i % 7, i))
                .toList();
        try (ConfigurableApplicationContext context = start()) {
            readings(context).addMany(added.subList(0, 250));
            added.subList(250, added.size()).forEach(readings(context)::add);
            App app = context.getBean(App.class);
            Await.until("delivered", () -> app.items.size() == added.size());
            assertThat(bySensor(app.items)).isEqualTo(bySensor(added));
            Await.until("recorded", () -> readings(context).stats().depth() == 0);
            String json = get(context, "/readings").body();
            assertThat(JsonPath.<String>read(json, "$.store")).isEqualTo("kafka");
            assertThat(JsonPath.<Integer>read(json, "$.totals.handled")).isEqualTo(added.size());
            Map<String, Object> details = JsonPath.read(json, "$.storeDetails");
            assertThat(details)
                    .containsEntry("ownedPartitions", PARTITIONS)
                    .containsEntry("stoppedPartitions", 0)
                    .containsEntry("lastFailure", null);
        }
    }

    @Test
    void aBatchThatFailedComesAgainWithTheSameIdAfterARestart(CapturedOutput output) {
        broker.createFor(prefix, "readings", PARTITIONS);
        List<Reading> added =
                IntStream.range(0, 20).mapToObj(i -> new Reading("s", i)).toList();
        Attempt failed;
        try (ConfigurableApplicationContext context = start()) {
            App app = context.getBean(App.class);
            app.bad.addAll(added);
            readings(context).addMany(added);
            Await.until("failed twice", () -> app.attempts.size() >= 2);
            context.close();
            failed = app.attempts.get(app.attempts.size() - 1);
        }
        try (ConfigurableApplicationContext context = start()) {
            App app = context.getBean(App.class);
            Await.until("delivered", () -> app.items.size() == added.size());
            assertThat(app.items).isEqualTo(added);
            Attempt again = app.attempts.get(0);
            assertThat(again).isEqualTo(new Attempt(failed.id(), failed.number() + 1, failed.items()));
            // A read that waits for Kafka must not hold up the handler.
            assertThat(output).doesNotContain("the executor accepted a task and did not start it");
        }
    }

    @Test
    void whatIsGivenUpIsInTheDeadTopicWhichTheApplicationReads() throws Exception {
        broker.createFor(prefix, "readings", PARTITIONS);
        Reading bad = new Reading("s", 7);
        try (ConfigurableApplicationContext context = start(
                "batcher.instances.readings.retry.max-attempts=2",
                "batcher.instances.readings.retry.isolate-poison=true")) {
            App app = context.getBean(App.class);
            app.bad.add(bad);
            readings(context).addMany(List.of(new Reading("s", 6), bad, new Reading("s", 8)));
            Await.until("read by the application", () -> !app.dead.isEmpty());
            Await.until("recorded", () -> readings(context).stats().depth() == 0);
            assertThat(app.items).containsExactly(new Reading("s", 6), new Reading("s", 8));
            assertThat(app.dead).hasSize(1).allSatisfy(record -> {
                assertThat(new String(record.value(), StandardCharsets.UTF_8)).contains("\"value\":7");
                assertThat(header(record, "batcher-type")).isEqualTo("Reading");
                assertThat(header(record, "batcher-error")).isEqualTo("java.lang.IllegalStateException");
            });
            String json = get(context, "/readings").body();
            assertThat(JsonPath.<Integer>read(json, "$.totals.deadLettered")).isEqualTo(1);
            assertThat(JsonPath.<Integer>read(json, "$.totals.handled")).isEqualTo(2);
            // They are in an ordinary topic, not at the endpoint.
            assertThat(get(context, "/readings/dead-letters").statusCode()).isEqualTo(404);
            assertThat(post(context, "/readings/redrive").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void topicsOfTheApplicationsBeansExistBeforeTheBatcherNeedsThem() {
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(App.class, Topics.class)
                .properties(properties())
                .run()) {
            readings(context).add(new Reading("s", 1));
            App app = context.getBean(App.class);
            Await.until("delivered", () -> app.items.size() == 1);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Topics {

        @Bean
        KafkaAdmin.NewTopics topics(@Value("${batcher.store.kafka.topic-prefix}") String prefix) {
            return new KafkaAdmin.NewTopics(
                    TopicBuilder.name(prefix + "readings")
                            .partitions(PARTITIONS)
                            .build(),
                    TopicBuilder.name(prefix + "readings-dead").build());
        }
    }

    @Test
    void aStartWithoutTopicsNamesTheCommands() {
        Throwable failure = catchThrowable(() -> start().close());
        assertThat(StartFailures.analyze(failure).getDescription())
                .contains("needs topics that do not exist")
                .contains("--bootstrap-server " + broker.servers() + " --create --topic " + prefix
                        + "readings --partitions 4")
                .contains("--create --topic " + deadTopic + " --partitions 1");
    }

    private ConfigurableApplicationContext start(String... properties) {
        return new SpringApplicationBuilder(App.class)
                .properties(properties(properties))
                .run();
    }

    private String[] properties(String... properties) {
        List<String> all = new ArrayList<>(List.of(
                "server.port=0",
                "management.endpoints.web.exposure.include=batchers",
                "logging.level.org.apache.kafka=warn",
                "spring.kafka.bootstrap-servers=" + broker.servers(),
                // What the application's own listener needs.
                "spring.kafka.consumer.group-id=" + prefix + "application",
                "spring.kafka.consumer.auto-offset-reset=earliest",
                "spring.kafka.consumer.value-deserializer=org.apache.kafka.common.serialization.ByteArrayDeserializer",
                "test.dead-topic=" + deadTopic,
                "batcher.store.kafka.topic-prefix=" + prefix,
                "batcher.instances.readings.store=kafka",
                "batcher.instances.readings.partitions=" + PARTITIONS,
                "batcher.instances.readings.interval=20ms",
                "batcher.instances.readings.retry.delay=50ms"));
        all.addAll(List.of(properties));
        return all.toArray(String[]::new);
    }

    private static Batcher<Reading> readings(ConfigurableApplicationContext context) {
        return context.getBean(BatcherRegistry.class).get("readings", Reading.class);
    }

    private static Map<String, List<Reading>> bySensor(List<Reading> readings) {
        return List.copyOf(readings).stream().collect(Collectors.groupingBy(Reading::sensor));
    }

    private static String header(ConsumerRecord<?, ?> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private HttpResponse<String> get(ConfigurableApplicationContext context, String path) throws Exception {
        return http.send(request(context, path).GET().build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(ConfigurableApplicationContext context, String path) throws Exception {
        return http.send(request(context, path).POST(BodyPublishers.noBody()).build(), BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(ConfigurableApplicationContext context, String path) {
        String port = context.getEnvironment().getProperty("local.server.port");
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/actuator/batchers" + path));
    }

    record Attempt(String id, int number, List<Reading> items) {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class App {

        final List<Attempt> attempts = Collections.synchronizedList(new ArrayList<>());
        final List<Reading> items = Collections.synchronizedList(new ArrayList<>());
        final List<ConsumerRecord<String, byte[]>> dead = Collections.synchronizedList(new ArrayList<>());
        final Set<Reading> bad = ConcurrentHashMap.newKeySet();

        @BatchHandler("readings")
        void handle(Batch<Reading> batch) {
            attempts.add(new Attempt(batch.id(), batch.attempt(), List.copyOf(batch)));
            if (batch.stream().anyMatch(bad::contains)) {
                throw new IllegalStateException("bad");
            }
            items.addAll(batch);
        }

        @BatchKey("readings")
        static String sensor(Reading reading) {
            return reading.sensor();
        }

        @KafkaListener(topics = "${test.dead-topic}")
        void deadLetter(ConsumerRecord<String, byte[]> record) {
            dead.add(record);
        }
    }
}
