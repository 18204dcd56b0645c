/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.store;

import static io.batcher.spring.autoconfigure.StartFailures.assertFailure;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.BatcherConfig;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatchKey;
import io.batcher.spring.BatcherProperties;
import io.batcher.spring.BatcherProperties.Store.Jdbc;
import io.batcher.spring.fixtures.Contexts;
import io.batcher.store.ItemStore;
import io.batcher.store.StoreContext;
import io.batcher.store.StoreSession;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.util.unit.DataSize;

/** S11: the options of stores are bound, inherited, and checked as the others. */
class StoreOptionsTest {

    private static final String NOT_PROPER = "Batcher \"readings\" is not configured properly: ";
    private static final String CORRECT =
            "Correct batcher.instances.readings, or batcher.defaults from which it inherits.";

    private final ApplicationContextRunner readings = Contexts.inVirtualTime().withUserConfiguration(Readings.class);

    @Test
    void withStoreMemoryTheOtherOptionsOfAStoreHaveNoEffect() {
        readings.withPropertyValues(
                        "batcher.defaults.store=file",
                        "batcher.instances.readings.store=memory",
                        "batcher.instances.readings.partitions=16",
                        "batcher.instances.readings.transactional=true",
                        "batcher.instances.readings.item-name=reading")
                .run(context -> {
                    BatcherConfig<?> config = Contexts.configOf(context);
                    assertThat(config.store()).isNull();
                    assertThat(config.transactional()).isFalse();
                    assertThat(config.capacity()).isEqualTo(100_000);
                });
    }

    @Test
    void optionsOfAStoreWithoutOneAreRefused() {
        assertFailure(
                readings.withPropertyValues("batcher.instances.readings.partitions=2"),
                NOT_PROPER
                        + "partitions needs a store, but was set to 2 without one: in memory there are as many lanes as"
                        + " concurrency; set store too, or leave partitions out.",
                CORRECT);
        assertFailure(
                readings.withPropertyValues("batcher.instances.readings.transactional=true"),
                NOT_PROPER + "transactional needs a store, but was set without one: items in memory are part of no"
                        + " transaction; set store too, or leave transactional out.",
                CORRECT);
    }

    @Test
    void whatCannotBeBesideAStoreIsRefused() {
        assertFailure(
                readings.withPropertyValues(
                        "batcher.instances.readings.store=file", "batcher.instances.readings.overflow=drop-oldest"),
                NOT_PROPER
                        + "overflow must be REJECT or BLOCK with a store, but was DROP_OLDEST: what is stored is never"
                        + " dropped; set one of these, or leave store out.",
                CORRECT);
        assertFailure(
                readings.withPropertyValues(
                        "batcher.instances.readings.store=kafka", "batcher.instances.readings.capacity=5000"),
                NOT_PROPER
                        + "capacity cannot be set with a store of kind kafka, but was set to 5000: what it holds is not"
                        + " limited by a count; leave capacity out.",
                CORRECT);
        assertFailure(
                readings.withPropertyValues(
                        "batcher.instances.readings.store=file", "batcher.instances.readings.transactional=true"),
                NOT_PROPER
                        + "transactional needs a store that runs transactions of the application, but the store of kind"
                        + " file does not; use a database with the application's transactions, or leave transactional out.",
                CORRECT);
        assertFailure(
                readings.withPropertyValues(
                        "batcher.instances.readings.store=file",
                        "batcher.instances.readings.partitions=2",
                        "batcher.instances.readings.concurrency=3"),
                NOT_PROPER + "partitions must not be less than concurrency, but 2 < 3: a call of the handler needs a"
                        + " partition of its own; raise partitions or lower concurrency.",
                CORRECT);
    }

    @Test
    void aDefaultIsCheckedByItself() {
        assertFailure(
                Contexts.inVirtualTime().withPropertyValues("batcher.defaults.partitions=0"),
                "batcher.defaults is not configured properly: partitions must be from 1 to 32767, but was 0.",
                "Correct batcher.defaults.");
        assertFailure(
                Contexts.inVirtualTime().withPropertyValues("batcher.defaults.item-name=reading"),
                "batcher.defaults.item-name has no meaning: each batcher has its own item type.",
                "Remove it, and set batcher.instances.<name>.item-name where the simple name of the item type is not to be"
                        + " stored.");
    }

    @Test
    void theSettingsOfTheStoresHaveDefaults() {
        readings.run(context -> {
            BatcherProperties.Store store =
                    context.getBean(BatcherProperties.class).store();
            assertThat(store.file().directory()).isEqualTo(Path.of("data/batcher"));
            assertThat(store.jdbc())
                    .isEqualTo(new Jdbc(
                            null,
                            "batcher_",
                            true,
                            Duration.ofSeconds(30),
                            Duration.ofSeconds(1),
                            Duration.ofSeconds(5),
                            DataSize.ofMegabytes(1),
                            null));
            assertThat(store.kafka())
                    .isEqualTo(new BatcherProperties.Store.Kafka("batcher-", null, Duration.ofSeconds(15)));
        });
    }

    /** A YAML key without a value is an empty string. */
    @Test
    void theSettingsOfTheStoresAreBound() {
        readings.withPropertyValues(
                        "batcher.store.file.directory=/tmp/x",
                        "batcher.store.jdbc.data-source=",
                        "batcher.store.jdbc.dead-letter-max-age=",
                        "batcher.store.jdbc.max-item-size=64KB",
                        "batcher.store.jdbc.initialize-schema=false",
                        "batcher.store.kafka.topic-prefix=shop-",
                        "batcher.store.kafka.transactional-id-prefix=shop")
                .run(context -> {
                    BatcherProperties.Store store =
                            context.getBean(BatcherProperties.class).store();
                    assertThat(store.file().directory()).isEqualTo(Path.of("/tmp/x"));
                    assertThat(store.jdbc().deadLetterMaxAge()).isNull();
                    assertThat(store.jdbc().maxItemSize()).isEqualTo(DataSize.ofKilobytes(64));
                    assertThat(store.jdbc().initializeSchema()).isFalse();
                    assertThat(store.kafka().topicPrefix()).isEqualTo("shop-");
                    assertThat(store.kafka().transactionalIdPrefix()).isEqualTo("shop");
                });
    }

    @Test
    void environmentVariablesSpellThem() {
        readings.withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .addFirst(new SystemEnvironmentPropertySource(
                                "test-systemEnvironment",
                                Map.of(
                                        "BATCHER_STORE_FILE_DIRECTORY", "/tmp/y",
                                        "BATCHER_STORE_JDBC_POLLINTERVAL", "2s",
                                        "BATCHER_STORE_SERVICE_HOST", "10.0.0.1",
                                        "BATCHER_STORE_PORT", "tcp://10.0.0.1:80",
                                        "BATCHER_INSTANCES_READINGS_STORE", "memory",
                                        "BATCHER_INSTANCES_READINGS_ITEMNAME", "reading"))))
                .run(context -> {
                    BatcherProperties properties = context.getBean(BatcherProperties.class);
                    assertThat(properties.store().file().directory()).isEqualTo(Path.of("/tmp/y"));
                    assertThat(properties.store().jdbc().pollInterval()).isEqualTo(Duration.ofSeconds(2));
                    assertThat(properties.instances().get("readings").itemName())
                            .isEqualTo("reading");
                    assertThat(properties.instances()).containsOnlyKeys("readings");
                });
    }

    @ParameterizedTest
    @CsvSource({
        "batcher.store.jdbc.lease=0s, 'lease must be more than zero, but was PT0S'",
        "batcher.store.jdbc.max-item-size=0B, 'max-item-size must be from 1B to 2147483647B, but was 0B'",
        "batcher.store.kafka.timeout=-1s, 'timeout must be more than zero, but was PT-1S'",
        "batcher.store.jdbc.dead-letter-max-age=0s, 'dead-letter-max-age must be more than zero, but was PT0S'"
    })
    void aSettingThatMeansNothing(String property, String rule) {
        readings.withPropertyValues(property)
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining(rule));
    }

    @Test
    void aMisspelledSetting() {
        String property = "batcher.store.jdbc.leese";
        assertFailure(
                readings.withPropertyValues(property + "=1s"),
                "batcher.store is not configured properly: " + found(property)
                        + " is not an option. Did you mean \"jdbc.lease\"?",
                "Correct it. The options are file.directory, jdbc.data-source, jdbc.dead-letter-max-age,"
                        + " jdbc.initialize-schema, jdbc.lease, jdbc.max-item-size, jdbc.poll-interval, jdbc.table-prefix,"
                        + " jdbc.timeout, kafka.timeout, kafka.topic-prefix, kafka.transactional-id-prefix.");
    }

    @Test
    void aMisplacedSetting() {
        assertFailure(
                readings.withPropertyValues("batcher.store=file"),
                "batcher.store is misplaced: it has the settings of the stores below it, not a value.",
                "Move it to batcher.defaults.store or batcher.instances.<name>.store.");
        assertFailure(
                readings.withPropertyValues("batcher.directory=x"),
                found("batcher.directory") + " is misplaced.",
                "Move it to batcher.store.file.directory.");
        assertFailure(
                readings.withPropertyValues("batcher.timeout=1s"),
                found("batcher.timeout") + " is misplaced.",
                "Move it to batcher.store.jdbc.timeout or batcher.store.kafka.timeout.");
        assertFailure(
                readings.withPropertyValues("batcher.jdbc.lease=1s"),
                found("batcher.jdbc.lease") + " is misplaced.",
                "Move it to batcher.store.jdbc.");
        assertFailure(
                readings.withPropertyValues("batcher.stores.file.directory=x"),
                "There is no group of properties batcher.stores. Did you mean \"store\"?",
                "Correct its name.");
    }

    @Test
    void aStoreThatDoesNotExist() {
        assertFailure(
                readings.withPropertyValues("batcher.instances.readings.store=redis"),
                NOT_PROPER + "batcher.instances.readings.store has the value \"redis\""
                        + " (\"batcher.instances.readings.store\" from property source \"test\"), which is invalid: valid"
                        + " values are memory, file, jdbc, kafka.",
                "Correct the value.");
    }

    /** The check of the key is left to the time when key methods and customizers are known. */
    @Test
    void partitionsNeedAKey() {
        Contexts.inVirtualTime()
                .withUserConfiguration(Keyless.class)
                .withPropertyValues("batcher.instances.readings.store=file", "batcher.instances.readings.partitions=4")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("partitions above 1 needs a key, but was set to 4 without one"));
    }

    @Test
    void aTransactionalHandlerIsSynchronous() {
        Contexts.inVirtualTime()
                .withUserConfiguration(Async.class)
                .withPropertyValues("batcher.defaults.store=jdbc", "batcher.instances.readings.transactional=true")
                .withBean("batcherJdbcStore", ItemStore.class, TransactionalStore::new)
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasStackTraceContaining("transactional needs a synchronous handler, but "
                                + Async.class.getName() + ".handle returns a CompletionStage"));
    }

    private static String found(String property) {
        return property + " (\"" + property + "\" from property source \"test\")";
    }

    static class Readings {

        @BatchHandler("readings")
        void handle(List<String> batch) {}

        @BatchKey("readings")
        static String key(String item) {
            return item;
        }
    }

    static class Keyless {

        @BatchHandler("readings")
        void handle(List<String> batch) {}
    }

    static class Async {

        @BatchHandler("readings")
        CompletionStage<Void> handle(List<String> batch) {
            return CompletableFuture.completedFuture(null);
        }
    }

    private static final class TransactionalStore implements ItemStore {

        @Override
        public String kind() {
            return "jdbc";
        }

        @Override
        public boolean isTransactional() {
            return true;
        }

        @Override
        public StoreSession open(StoreContext context) {
            throw new AssertionError("is not opened");
        }
    }
}
