/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.store;

import io.batcher.spring.BatcherProperties.StoreKind;
import io.batcher.spring.internal.BatcherConfigurationException;
import io.batcher.store.ItemStore;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.ClassUtils;

/** Finds the store that a batcher has by its properties. The auto-configurations of the stores back off without their libraries. */
public final class StoreLookup {

    /** The beans with the stores. An application that defines one of these names replaces that store. */
    public static final String FILE = "batcherFileStore";

    public static final String JDBC = "batcherJdbcStore";
    public static final String KAFKA = "batcherKafkaStore";

    public static final String JDBC_MODULE = "io.batcher.store.jdbc.JdbcStore";
    public static final String KAFKA_MODULE = "io.batcher.store.kafka.KafkaStore";
    public static final String SQLITE = "org.sqlite.JDBC";
    public static final String SPRING_JDBC = "org.springframework.jdbc.datasource.ConnectionHolder";
    public static final String SPRING_KAFKA = "org.springframework.boot.kafka.autoconfigure.KafkaProperties";

    /** A class that a store needs, and the dependency that has it. */
    private record Needed(String type, String what, String dependency) {}

    private StoreLookup() {}

    /**
     * Returns the store of a batcher.
     *
     * @throws BatcherConfigurationException if a library for it is missing, or its settings are wrong
     */
    public static ItemStore find(String batcher, StoreKind kind, ConfigurableListableBeanFactory beanFactory) {
        String bean = beanName(kind);
        if (beanFactory.containsBean(bean)) {
            return beanFactory.getBean(bean, ItemStore.class);
        }
        String subject = "Batcher \"" + batcher + "\" has the store \"" + spelled(kind) + "\"";
        String otherwise = ", or set batcher.instances." + batcher + ".store=memory.";
        for (Needed needed : needed(kind)) {
            if (!isPresent(needed.type(), beanFactory.getBeanClassLoader())) {
                throw new BatcherConfigurationException(
                        subject + ", but " + needed.what() + " is not on the class path.",
                        "Add the dependency " + needed.dependency() + otherwise);
            }
        }
        throw new BatcherConfigurationException(
                subject + ", but there is no bean '" + bean + "': its auto-configuration is excluded.",
                "Do not exclude it, or define a bean of type " + ItemStore.class.getName() + " with that name"
                        + otherwise);
    }

    private static String beanName(StoreKind kind) {
        return switch (kind) {
            case FILE -> FILE;
            case JDBC -> JDBC;
            case KAFKA -> KAFKA;
            case MEMORY -> throw new IllegalArgumentException("memory is no store");
        };
    }

    private static List<Needed> needed(StoreKind kind) {
        Needed jdbc = new Needed(JDBC_MODULE, "its module", "io.batcher:batcher-store-jdbc");
        return switch (kind) {
            case FILE ->
                List.of(
                        jdbc,
                        new Needed(
                                SQLITE,
                                "the SQLite driver",
                                "org.xerial:sqlite-jdbc, whose version Spring Boot manages"));
            case JDBC ->
                List.of(
                        jdbc,
                        new Needed(
                                SPRING_JDBC,
                                "Spring's JDBC support",
                                "org.springframework.boot:spring-boot-starter-jdbc, and org.postgresql:postgresql"));
            case KAFKA ->
                List.of(
                        new Needed(KAFKA_MODULE, "its module", "io.batcher:batcher-store-kafka"),
                        new Needed(
                                SPRING_KAFKA,
                                "Spring Boot's Kafka support",
                                "org.springframework.boot:spring-boot-starter-kafka"));
            case MEMORY -> List.of();
        };
    }

    /** Returns the kind in the form of YAML. */
    public static String spelled(StoreKind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    private static boolean isPresent(String type, @Nullable ClassLoader loader) {
        return ClassUtils.isPresent(type, loader);
    }
}
