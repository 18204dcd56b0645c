/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.store;

import io.batcher.spring.internal.BatcherConfigurationException;
import java.util.Set;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.util.StringUtils;

/** Finds the {@code DataSource} of the store "jdbc": the only one, the primary one, or the one that is named. */
public final class JdbcDataSources {

    static final String PROPERTY = "batcher.store.jdbc.data-source";

    private JdbcDataSources() {}

    /**
     * Returns the {@code DataSource}.
     *
     * @param name the name of the bean; null or empty for the only or primary one
     * @throws BatcherConfigurationException if it does not exist, or is not named although there are several
     */
    public static DataSource find(@Nullable String name, ConfigurableListableBeanFactory beanFactory) {
        DataSource found = StringUtils.hasText(name) ? named(name, beanFactory) : single(beanFactory);
        // The store has transactions of its own, and joins those of the application where it is to.
        return found instanceof TransactionAwareDataSourceProxy proxy && proxy.getTargetDataSource() != null
                ? proxy.getTargetDataSource()
                : found;
    }

    /** Returns the bean name of the {@code DataSource} that {@link #find} returns. */
    static String nameOf(@Nullable String name, ConfigurableListableBeanFactory beanFactory) {
        return StringUtils.hasText(name)
                ? name
                : beanFactory.resolveNamedBean(DataSource.class).getBeanName();
    }

    private static DataSource named(String name, ConfigurableListableBeanFactory beanFactory) {
        if (!beanFactory.containsBean(name)) {
            throw new BatcherConfigurationException(
                    PROPERTY + " names the bean '" + name + "', which does not exist. " + list(names(beanFactory)),
                    "Correct the name"
                            + (names(beanFactory).isEmpty() ? "." : ", or remove it to use the only DataSource."));
        }
        if (beanFactory.getBean(name) instanceof DataSource dataSource) {
            return dataSource;
        }
        throw new BatcherConfigurationException(
                PROPERTY + " names the bean '" + name + "', which is not a DataSource. " + list(names(beanFactory)),
                "Name a DataSource bean.");
    }

    private static DataSource single(ConfigurableListableBeanFactory beanFactory) {
        DataSource single = beanFactory.getBeanProvider(DataSource.class).getIfUnique();
        if (single != null) {
            return single;
        }
        Set<String> names = names(beanFactory);
        if (names.isEmpty()) {
            throw new BatcherConfigurationException(
                    "The store \"jdbc\" needs a DataSource, and there is none.",
                    "Set spring.datasource.url, with the dependencies org.springframework.boot:spring-boot-starter-jdbc"
                            + " and org.postgresql:postgresql, or define a DataSource bean.");
        }
        throw new BatcherConfigurationException(
                "The store \"jdbc\" needs a DataSource, and there are several, none of them primary. " + list(names),
                "Name one of them with " + PROPERTY + ".");
    }

    private static Set<String> names(ConfigurableListableBeanFactory beanFactory) {
        return new TreeSet<>(
                Set.of(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beanFactory, DataSource.class)));
    }

    private static String list(Set<String> names) {
        return names.isEmpty() ? "There is no DataSource." : "Known DataSources: " + String.join(", ", names) + ".";
    }
}
