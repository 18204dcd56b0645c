/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks.stores;

import java.sql.SQLException;
import java.util.List;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A Spring application that stores each item as a row, in a transaction of its own, and hands it to a bean of its own. */
abstract class SpringOutboxContender implements StoreContender {

    private final Postgres postgres;
    private final String table;
    private final String tables;
    private final TransactionTemplate transactions;
    private final ConfigurableApplicationContext context;

    /**
     * Starts the application, which has a DataSource bean and {@link Handled} as a bean.
     *
     * @param table the table whose rows are the stored items
     * @param tables all tables that the application creates, with commas
     */
    SpringOutboxContender(
            Postgres postgres,
            Handled handled,
            Class<?> application,
            String table,
            String tables,
            String... properties) {
        this.postgres = postgres;
        this.table = table;
        this.tables = tables;
        this.context = new SpringApplicationBuilder()
                .sources(application)
                .web(WebApplicationType.NONE)
                .logStartupInfo(false)
                .initializers(each -> {
                    each.getBeanFactory().registerSingleton("dataSource", postgres.dataSource());
                    each.getBeanFactory().registerSingleton("handled", handled);
                })
                .properties("spring.main.banner-mode=off")
                .properties(properties)
                .run();
        this.transactions = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
    }

    final ConfigurableApplicationContext context() {
        return context;
    }

    /** Stores an item. Called in a transaction. */
    abstract void store(byte[] item);

    @Override
    public final void add(byte[] item) {
        transactions.executeWithoutResult(status -> store(item));
    }

    @Override
    public final void addAll(List<byte[]> items) {
        transactions.executeWithoutResult(status -> items.forEach(this::store));
    }

    @Override
    public final boolean isReadyBeforeAdds() {
        return true;
    }

    @Override
    public final void deliver() {}

    @Override
    public final long stored() throws SQLException {
        return postgres.count(table);
    }

    @Override
    public final void close() throws SQLException {
        context.close();
        postgres.execute("drop table " + tables);
    }
}
