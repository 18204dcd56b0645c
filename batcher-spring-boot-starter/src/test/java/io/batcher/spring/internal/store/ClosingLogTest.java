/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.spring.BatchHandler;
import io.batcher.spring.fixtures.Postgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** What a store logs while its batcher is closed is seen in a Boot application, whose bridge of java.util.logging is removed by then. */
@ExtendWith(OutputCaptureExtension.class)
class ClosingLogTest {

    private static final AtomicBoolean DOWN = new AtomicBoolean();

    @Test
    void aStoreThatIsNotReachedAtTheEndIsLogged(CapturedOutput output) {
        DOWN.set(false);
        ConfigurableApplicationContext context = new SpringApplicationBuilder(App.class)
                .properties(
                        "spring.main.web-application-type=none",
                        "batcher.instances.orders.store=jdbc",
                        "batcher.store.jdbc.poll-interval=10m",
                        "batcher.store.jdbc.lease=1h",
                        "batcher.store.jdbc.table-prefix=" + Postgres.newPrefix())
                .run();
        DOWN.set(true);
        context.close();
        assertThat(output.getAll())
                .containsOnlyOnce("Batcher \"orders\" could not leave its store: others notice after a lease");
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class App {

        @BatchHandler("orders")
        void handle(List<String> batch) {
            throw new UnsupportedOperationException("nothing is added");
        }

        @Bean
        DataSource dataSource() {
            return new DriverManagerDataSource(Postgres.url()) {
                @Override
                public Connection getConnection() throws SQLException {
                    if (DOWN.get()) {
                        throw new SQLTransientConnectionException("down");
                    }
                    return super.getConnection();
                }
            };
        }
    }
}
