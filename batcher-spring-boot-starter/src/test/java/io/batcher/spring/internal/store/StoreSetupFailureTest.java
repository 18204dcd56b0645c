/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.store;

import static io.batcher.spring.autoconfigure.StartFailures.analyze;
import static io.batcher.spring.autoconfigure.StartFailures.assertFailure;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.spring.BatchHandler;
import io.batcher.spring.autoconfigure.BatcherAutoConfiguration;
import io.batcher.spring.autoconfigure.BatcherFileStoreAutoConfiguration;
import io.batcher.spring.autoconfigure.BatcherJdbcStoreAutoConfiguration;
import io.batcher.spring.autoconfigure.BatcherKafkaStoreAutoConfiguration;
import io.batcher.spring.fixtures.Contexts;
import io.batcher.spring.fixtures.Reading;
import io.batcher.store.ItemCodec;
import java.nio.file.Path;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseBuilder;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseType;

/** S11: a store that cannot be used stops the start with what to do. */
class StoreSetupFailureTest {

    private static final String OR_MEMORY = ", or set batcher.instances.readings.store=memory.";
    private static final String PROPERTY = "batcher.store.jdbc.data-source";

    @TempDir
    Path directory;

    private ApplicationContextRunner with(String store) {
        return Contexts.inRealTime()
                .withUserConfiguration(Readings.class)
                .withPropertyValues(
                        "batcher.instances.readings.store=" + store,
                        "batcher.store.file.directory=" + directory.resolve("store"));
    }

    @Test
    void theModuleOfTheFileIsMissing() {
        assertFailure(
                with("file").withClassLoader(new FilteredClassLoader("io.batcher.store.jdbc")),
                "Batcher \"readings\" has the store \"file\", but its module is not on the class path.",
                "Add the dependency io.batcher:batcher-store-jdbc" + OR_MEMORY);
    }

    @Test
    void theDriverOfTheFileIsMissing() {
        assertFailure(
                with("file").withClassLoader(new FilteredClassLoader("org.sqlite")),
                "Batcher \"readings\" has the store \"file\", but the SQLite driver is not on the class path.",
                "Add the dependency org.xerial:sqlite-jdbc, whose version Spring Boot manages" + OR_MEMORY);
    }

    @Test
    void theModuleOfTheDatabaseIsMissing() {
        assertFailure(
                with("jdbc").withClassLoader(new FilteredClassLoader("io.batcher.store.jdbc")),
                "Batcher \"readings\" has the store \"jdbc\", but its module is not on the class path.",
                "Add the dependency io.batcher:batcher-store-jdbc" + OR_MEMORY);
        assertFailure(
                with("jdbc").withClassLoader(new FilteredClassLoader("org.springframework.jdbc")),
                "Batcher \"readings\" has the store \"jdbc\", but Spring's JDBC support is not on the class path.",
                "Add the dependency org.springframework.boot:spring-boot-starter-jdbc, and org.postgresql:postgresql"
                        + OR_MEMORY);
    }

    @Test
    void theModuleOfKafkaIsMissing() {
        assertFailure(
                with("kafka").withClassLoader(new FilteredClassLoader("io.batcher.store.kafka")),
                "Batcher \"readings\" has the store \"kafka\", but its module is not on the class path.",
                "Add the dependency io.batcher:batcher-store-kafka" + OR_MEMORY);
        assertFailure(
                with("kafka").withClassLoader(new FilteredClassLoader("org.springframework.boot.kafka")),
                "Batcher \"readings\" has the store \"kafka\", but Spring Boot's Kafka support is not on the class"
                        + " path.",
                "Add the dependency org.springframework.boot:spring-boot-starter-kafka" + OR_MEMORY);
    }

    @Test
    void theAutoConfigurationOfTheStoreIsExcluded() {
        assertFailure(
                new ApplicationContextRunner()
                        .withConfiguration(AutoConfigurations.of(BatcherAutoConfiguration.class))
                        .withUserConfiguration(Readings.class)
                        .withPropertyValues("batcher.instances.readings.store=file"),
                "Batcher \"readings\" has the store \"file\", but there is no bean 'batcherFileStore': its"
                        + " auto-configuration is excluded.",
                "Do not exclude it, or define a bean of type io.batcher.store.ItemStore with that name" + OR_MEMORY);
    }

    @Test
    void thereIsNoDataSource() {
        assertFailure(
                with("jdbc"),
                "The store \"jdbc\" needs a DataSource, and there is none.",
                "Set spring.datasource.url, with the dependencies org.springframework.boot:spring-boot-starter-jdbc and"
                        + " org.postgresql:postgresql, or define a DataSource bean.");
    }

    @Test
    void thereAreTwoDataSources() {
        assertFailure(
                withTwoDataSources(),
                "The store \"jdbc\" needs a DataSource, and there are several, none of them primary. Known DataSources:"
                        + " one, two.",
                "Name one of them with " + PROPERTY + ".");
    }

    @Test
    void theNamedDataSourceDoesNotExist() {
        assertFailure(
                withTwoDataSources().withPropertyValues(PROPERTY + "=three"),
                PROPERTY + " names the bean 'three', which does not exist. Known DataSources: one, two.",
                "Correct the name, or remove it to use the only DataSource.");
        assertFailure(
                withTwoDataSources().withPropertyValues(PROPERTY + "=text").withBean("text", String.class, () -> "x"),
                PROPERTY + " names the bean 'text', which is not a DataSource. Known DataSources: one, two.",
                "Name a DataSource bean.");
    }

    /** The named one is used: it is the one that is refused. */
    @Test
    void theDatabaseIsNotPostgres() {
        assertFailure(
                withTwoDataSources().withPropertyValues(PROPERTY + "=two"),
                "Batcher \"readings\" cannot open its store: The JDBC store needs PostgreSQL, but the DataSource leads to"
                        + " H2. Use JdbcStore.file for a store without a server.",
                "Correct the cause, or batcher.store.jdbc. Where nothing has to survive the process, as in tests, set"
                        + " batcher.instances.readings.store=memory.");
    }

    private ApplicationContextRunner withTwoDataSources() {
        return with("jdbc")
                .withBean("one", DataSource.class, StoreSetupFailureTest::database)
                .withBean("two", DataSource.class, StoreSetupFailureTest::database);
    }

    private static DataSource database() {
        return new EmbeddedDatabaseBuilder()
                .setType(EmbeddedDatabaseType.H2)
                .generateUniqueName(true)
                .build();
    }

    @Test
    void theSettingsOfTheDatabaseContradictEachOther() {
        assertFailure(
                with("jdbc")
                        .withBean(DataSource.class, StoreSetupFailureTest::database)
                        .withPropertyValues("batcher.store.jdbc.lease=3s", "batcher.store.jdbc.poll-interval=2s"),
                "batcher.store.jdbc is not configured properly: pollInterval must be less than a third of lease (PT3S),"
                        + " because leases are renewed by the poll, but was PT2S.",
                "Correct batcher.store.jdbc.");
    }

    @Test
    void theDirectoryIsInUse() throws Exception {
        Path store = directory.resolve("store");
        with("file").run(first -> {
            assertThat(first).hasNotFailed();
            with("file").run(second -> {
                FailureAnalysis failure = analyze(second.getStartupFailure());
                assertThat(failure).isNotNull();
                assertThat(failure.getDescription())
                        .startsWith("Batcher \"readings\" cannot open its store: The directory " + store
                                + " is in use by another process or another store.");
                assertThat(failure.getAction()).contains("as in tests, set batcher.instances.readings.store=memory");
            });
        });
    }

    @Test
    void nothingTurnsItemsIntoBytes() {
        String action =
                "Add the dependency org.springframework.boot:spring-boot-starter-jackson, or define a bean of type"
                        + " io.batcher.store.ItemCodec<io.batcher.spring.fixtures.Reading>.";
        assertFailure(
                with("file").withClassLoader(new FilteredClassLoader("tools.jackson")),
                "Batcher \"readings\" has a store, but nothing turns its items into bytes: Jackson is not on the class"
                        + " path.",
                action);
        assertFailure(
                new ApplicationContextRunner()
                        .withConfiguration(AutoConfigurations.of(
                                BatcherAutoConfiguration.class,
                                BatcherFileStoreAutoConfiguration.class,
                                BatcherJdbcStoreAutoConfiguration.class,
                                BatcherKafkaStoreAutoConfiguration.class))
                        .withUserConfiguration(Readings.class)
                        .withPropertyValues("batcher.instances.readings.store=file"),
                "Batcher \"readings\" has a store, but nothing turns its items into bytes: there is no single bean of"
                        + " type tools.jackson.databind.json.JsonMapper.",
                action);
    }

    @Test
    void twoCodecsOfOneType() {
        assertFailure(
                with("file").withUserConfiguration(TwoCodecs.class),
                "Batcher \"readings\" has a store, and there are 2 beans of type"
                        + " io.batcher.store.ItemCodec<io.batcher.spring.fixtures.Reading>: one, two.",
                "Make one of them @Primary, or set the codec of the batcher by a BatcherCustomizer.");
    }

    static class TwoCodecs {

        @Bean
        ItemCodec<Reading> one() {
            return ItemCodec.of("one", reading -> new byte[0], bytes -> new Reading("one"));
        }

        @Bean
        ItemCodec<Reading> two() {
            return one();
        }
    }

    static class Readings {

        @BatchHandler("readings")
        void handle(List<Reading> batch) {}
    }
}
