/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.store.fixtures.TestProcess;
import io.batcher.store.fixtures.Waiting;
import java.sql.Connection;
import java.util.List;
import javax.sql.DataSource;
import liquibase.Liquibase;
import liquibase.database.jvm.JdbcConnection;
import liquibase.resource.ClassLoaderResourceAccessor;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** Flyway and Liquibase make the tables with the script of the module, in databases of their own. */
class PostgresMigrationTest {

    private static final String DIRECTORY = "io/batcher/store/jdbc/postgresql";

    @Test
    void flywayMakesTheTables() {
        DataSource database = newDatabase("flyway");
        Flyway flyway = Flyway.configure()
                .dataSource(database)
                .locations("classpath:" + DIRECTORY)
                .load();
        assertThat(flyway.migrate().migrationsExecuted).isOne();
        assertThat(flyway.migrate().migrationsExecuted).isZero();
        assertItemsAreDelivered(database);
    }

    @Test
    void liquibaseMakesTheTables() throws Exception {
        DataSource database = newDatabase("liquibase");
        for (int run = 0; run < 2; run++) {
            try (Connection connection = database.getConnection();
                    Liquibase liquibase = new Liquibase(
                            DIRECTORY + "/R__batcher_store.sql",
                            new ClassLoaderResourceAccessor(),
                            new JdbcConnection(connection))) {
                liquibase.update();
            }
        }
        assertItemsAreDelivered(database);
    }

    private static DataSource newDatabase(String name) {
        Postgres.execute("create database " + name);
        PGSimpleDataSource source = (PGSimpleDataSource) Postgres.dataSource();
        source.setDatabaseName(name);
        return source;
    }

    private static void assertItemsAreDelivered(DataSource database) {
        JdbcStore store = JdbcStore.builder(database).initializeSchema(false).build();
        TestProcess process = TestProcess.start(store, "readings", 1);
        Waiting.until("the partition is owned", () -> process.owned.size() == 1);
        process.append(0, "a", "b");
        assertThat(TestProcess.texts(process.owned.get(0).next(10, 1_000))).isEqualTo(List.of("a", "b"));
        process.session().close();
    }
}
