/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks.stores;

import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.scheduling.annotation.Async;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.event.TransactionalEventListener;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** Spring Modulith's event publication registry: an event an item, each in a transaction of its own, its listener on another thread. */
final class ModulithContender implements StoreContender {

    private final Postgres postgres;
    private final Handled handled;
    private final ConfigurableApplicationContext context;
    private final TransactionTemplate transactions;

    ModulithContender(Postgres postgres, Handled handled) {
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
                        "spring.modulith.events.completion-mode=delete",
                        "spring.modulith.events.jdbc.schema-initialization.enabled=true")
                .run();
        this.transactions = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
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
        Listener listener(ModulithContender contender) {
            return new Listener(contender.handled);
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
    public void add(byte[] item) {
        transactions.executeWithoutResult(status -> context.publishEvent(Message.of(item)));
    }

    @Override
    public void addAll(List<byte[]> items) {
        transactions.executeWithoutResult(status -> items.forEach(item -> context.publishEvent(Message.of(item))));
    }

    @Override
    public boolean isReadyBeforeAdds() {
        return true;
    }

    @Override
    public void deliver() {}

    @Override
    public long stored() throws SQLException {
        return postgres.count("event_publication");
    }

    @Override
    public void close() throws SQLException {
        context.close();
        postgres.execute("drop table event_publication");
    }
}
