/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks.stores;

import javax.sql.DataSource;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.scheduling.annotation.Async;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.event.TransactionalEventListener;
import tools.jackson.databind.json.JsonMapper;

/** Spring Modulith's event publication registry: an event an item, each in a transaction of its own, its listener on another thread. */
final class ModulithContender extends SpringOutboxContender {

    ModulithContender(Postgres postgres, Handled handled) {
        super(
                postgres,
                handled,
                Application.class,
                "event_publication",
                "event_publication",
                "spring.modulith.events.completion-mode=delete",
                "spring.modulith.events.jdbc.schema-initialization.enabled=true");
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration // the classes are in META-INF/spring: Modulith's are not public
    static class Application {

        @Bean
        PlatformTransactionManager transactionManager(DataSource dataSource) {
            return new DataSourceTransactionManager(dataSource);
        }

        @Bean
        JsonMapper jsonMapper() {
            return new JsonMapper();
        }

        @Bean
        Listener listener(Handled handled) {
            return new Listener(handled);
        }
    }

    /** As with Modulith's {@code @ApplicationModuleListener}, whose annotations these are. */
    public static class Listener {

        private final Handled handled;

        Listener(Handled handled) {
            this.handled = handled;
        }

        @Async
        @Transactional(propagation = Propagation.REQUIRES_NEW)
        @TransactionalEventListener
        public void on(Message message) {
            handled.add(1);
        }
    }

    @Override
    void store(byte[] item) {
        context().publishEvent(Message.of(item));
    }
}
