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
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Namastack Outbox: a record an item, each in a transaction of its own, polled as soon as it can be. */
final class NamastackContender implements StoreContender {

    private final Postgres postgres;
    private final Handled handled;
    private final ConfigurableApplicationContext context;
    private final Outbox outbox;
    private final TransactionTemplate transactions;

    NamastackContender(Postgres postgres, Handled handled) {
        this.postgres = postgres;
        this.handled = handled;
        this.context = new SpringApplicationBuilder()
                .sources(Application.class)
                .web(WebApplicationType.NONE)
                .logStartupInfo(false)
                .initializers(each -> {
                    each.getBeanFactory().registerSingleton("dataSource", postgres.dataSource());
                    each.getBeanFactory().registerSingleton("contender", this);
                })
                .properties(
                        "spring.main.banner-mode=off",
                        "namastack.outbox.polling.batch-size=1000",
                        "namastack.outbox.polling.trigger=fixed",
                        "namastack.outbox.polling.fixed.interval=10ms",
                        "namastack.outbox.processing.delete-completed-records=true",
                        "namastack.outbox.jdbc.schema-initialization.enabled=true")
                .run();
        this.outbox = context.getBean(Outbox.class);
        this.transactions = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
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
        Counter counter(NamastackContender contender) {
            return new Counter(contender.handled);
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
    public void add(byte[] item) {
        transactions.executeWithoutResult(status -> outbox.schedule(Message.of(item), "key-" + item[0]));
    }

    @Override
    public void addAll(List<byte[]> items) {
        transactions.executeWithoutResult(
                status -> items.forEach(item -> outbox.schedule(Message.of(item), "key-" + item[0])));
    }

    @Override
    public boolean isReadyBeforeAdds() {
        return true;
    }

    @Override
    public void deliver() {}

    @Override
    public long stored() throws SQLException {
        return postgres.count("outbox_record");
    }

    @Override
    public void close() throws SQLException {
        context.close();
        postgres.execute("drop table outbox_record, outbox_instance, outbox_partition");
    }
}
