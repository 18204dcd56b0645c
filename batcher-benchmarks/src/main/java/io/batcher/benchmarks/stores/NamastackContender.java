/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks.stores;

import io.namastack.outbox.Outbox;
import io.namastack.outbox.OutboxJacksonAutoConfiguration;
import io.namastack.outbox.config.JdbcOutboxAutoConfiguration;
import io.namastack.outbox.config.JdbcOutboxSchemaAutoConfiguration;
import io.namastack.outbox.config.OutboxCoreInfrastructureAutoConfiguration;
import io.namastack.outbox.config.OutboxCoreProcessingAutoConfiguration;
import io.namastack.outbox.config.OutboxCoreSchedulingAutoConfiguration;
import io.namastack.outbox.config.OutboxCoreThreadingAutoConfiguration;
import io.namastack.outbox.handler.OutboxRecordMetadata;
import io.namastack.outbox.handler.OutboxTypedHandler;
import javax.sql.DataSource;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;

/** Namastack Outbox: a record an item, each in a transaction of its own, polled as soon as it can be. */
final class NamastackContender extends SpringOutboxContender {

    private final Outbox outbox;

    NamastackContender(Postgres postgres, Handled handled) {
        super(
                postgres,
                handled,
                Application.class,
                "outbox_record",
                "outbox_record, outbox_instance, outbox_partition",
                "namastack.outbox.polling.batch-size=1000",
                "namastack.outbox.polling.trigger=fixed",
                "namastack.outbox.polling.fixed.interval=10ms",
                "namastack.outbox.processing.delete-completed-records=true",
                "namastack.outbox.jdbc.schema-initialization.enabled=true");
        this.outbox = context().getBean(Outbox.class);
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        TaskExecutionAutoConfiguration.class,
        TaskSchedulingAutoConfiguration.class,
        OutboxJacksonAutoConfiguration.class,
        JdbcOutboxSchemaAutoConfiguration.class,
        JdbcOutboxAutoConfiguration.class,
        OutboxCoreInfrastructureAutoConfiguration.class,
        OutboxCoreThreadingAutoConfiguration.class,
        OutboxCoreProcessingAutoConfiguration.class,
        OutboxCoreSchedulingAutoConfiguration.class
    })
    static class Application {

        @Bean
        PlatformTransactionManager transactionManager(DataSource dataSource) {
            return new DataSourceTransactionManager(dataSource);
        }

        @Bean
        Counter counter(Handled handled) {
            return new Counter(handled);
        }
    }

    static final class Counter implements OutboxTypedHandler<Message> {

        private final Handled handled;

        Counter(Handled handled) {
            this.handled = handled;
        }

        @Override
        public void handle(Message message, OutboxRecordMetadata metadata) {
            handled.add(1);
        }
    }

    @Override
    void store(byte[] item) {
        outbox.schedule(Message.of(item), "key-" + item[0]);
    }
}
