/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.store;

import io.batcher.Batch;
import io.batcher.Batcher;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.fixtures.Contexts;
import io.batcher.spring.fixtures.Postgres;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceInitializationAutoConfiguration;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * An application whose tables Spring Boot makes: the store is opened after that. Flyway and Liquibase take part in the same order of
 * beans; Flyway would refuse a schema in which it finds tables of the store.
 */
class SchemaInitializationTest {

    private final DataSource dataSource = new DriverManagerDataSource(Postgres.newDatabase());

    /** A bean of the application that is made before those of auto-configurations, with the batcher that it uses. */
    record Client(Batcher<String> orders) {}

    public static class Orders {
        @BatchHandler("orders")
        public void handle(Batch<String> batch) {}
    }

    @Test
    void theStoreFindsTheTablesThatAnInitializerMakes() {
        Contexts.inRealTime()
                .withBean(Client.class)
                .withBean(Orders.class)
                .withBean(DataSource.class, () -> dataSource)
                .withConfiguration(AutoConfigurations.of(DataSourceInitializationAutoConfiguration.class))
                .withPropertyValues(
                        "spring.sql.init.mode=always",
                        "spring.sql.init.schema-locations=classpath:io/batcher/store/jdbc/postgresql/R__batcher_store.sql",
                        "batcher.defaults.store=jdbc",
                        "batcher.store.jdbc.initialize-schema=false",
                        "batcher.store.jdbc.poll-interval=50ms")
                .run(context ->
                        context.getBean(Client.class).orders().submit("1").get(20, TimeUnit.SECONDS));
    }
}
