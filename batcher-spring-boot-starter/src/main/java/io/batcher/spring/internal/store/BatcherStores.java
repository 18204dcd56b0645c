/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.store;

import io.batcher.BatcherBuilder;
import io.batcher.spring.BatcherProperties;
import io.batcher.spring.BatcherProperties.StoreKind;
import io.batcher.spring.internal.BatcherConfigurationException;
import io.batcher.spring.internal.options.StoreOptions;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.ResolvableType;

/** Gives batchers the store and the codec that their properties name. */
public final class BatcherStores {

    private final ConfigurableListableBeanFactory beanFactory;
    private final ItemCodecs codecs;

    public BatcherStores(ConfigurableListableBeanFactory beanFactory) {
        this.beanFactory = beanFactory;
        this.codecs = new ItemCodecs(beanFactory);
    }

    /**
     * Sets store and codec, unless the items are in memory.
     *
     * @param itemType the item type; null if it is not known
     * @throws io.batcher.spring.internal.BatcherConfigurationException if there is no such store or codec
     */
    public void apply(
            String batcher, @Nullable ResolvableType itemType, StoreOptions options, BatcherBuilder<Object> builder) {
        if (!options.hasStore()) {
            return;
        }
        StoreKind kind = Objects.requireNonNull(options.kind());
        builder.store(StoreLookup.find(batcher, kind, beanFactory));
        ResolvableType type = itemType == null ? ResolvableType.forClass(Object.class) : itemType;
        builder.codec(codecs.find(batcher, type, options.itemName()));
    }

    /** Explains a failure of a batcher that is transactional, if no manager runs transactions on the {@code DataSource} of its store. */
    public Optional<BatcherConfigurationException> explain(String batcher, StoreOptions options, Throwable failure) {
        if (options.kind() != StoreKind.JDBC
                || !Boolean.TRUE.equals(options.transactional())
                || !(StoreLookup.find(batcher, StoreKind.JDBC, beanFactory) instanceof SharedStore store)
                || store.isDefinedByApplication()
                || store.isTransactional()) {
            return Optional.empty();
        }
        String configured =
                beanFactory.getBean(BatcherProperties.class).store().jdbc().dataSource();
        return Optional.of(new BatcherConfigurationException(
                "Batcher \"" + batcher + "\" has transactional=true, but no bean of type"
                        + " org.springframework.transaction.PlatformTransactionManager manages the DataSource '"
                        + JdbcDataSources.nameOf(configured, beanFactory) + "' of the store \"jdbc\".",
                "Define one for that DataSource, such as a JdbcTransactionManager, name another DataSource with "
                        + JdbcDataSources.PROPERTY + ", or remove transactional.",
                failure));
    }
}
