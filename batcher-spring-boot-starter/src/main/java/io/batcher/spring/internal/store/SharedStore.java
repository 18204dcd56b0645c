/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.store;

import io.batcher.store.ItemStore;
import io.batcher.store.StoreContext;
import io.batcher.store.StoreSession;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.HierarchicalBeanFactory;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;

/**
 * A store as a bean that all batchers of a context share. Each context has its own, of its own properties and beans. Stores are final
 * classes, which an aspect could not proxy.
 */
public final class SharedStore implements ItemStore, AopInfrastructureBean {

    private final ItemStore store;
    private final Object place;

    /**
     * Creates a store.
     *
     * @param place where the items are; equal for two stores that would share them
     */
    public SharedStore(ItemStore store, Object place) {
        this.store = store;
        this.place = place;
    }

    /** Returns whether the application defines the store, as a bean of a parent context. */
    boolean isDefinedByApplication() {
        return place == store;
    }

    /** Returns where the items of a store are: equal for two stores that share them. */
    public static Object placeOf(ItemStore store) {
        return store instanceof SharedStore shared ? shared.place : store;
    }

    /**
     * Returns the store of a parent context that a context has in place of its own: one that the application defines under that bean name,
     * or one of a place that cannot be opened twice.
     *
     * @param exclusive the place; null if it can be opened twice
     */
    public static Optional<SharedStore> inherited(
            String beanName, ConfigurableBeanFactory beanFactory, @Nullable Object exclusive) {
        BeanFactory parent = beanFactory.getParentBeanFactory();
        while (parent instanceof HierarchicalBeanFactory beans) {
            if (beans.containsLocalBean(beanName)) {
                if (!beans.isTypeMatch(beanName, SharedStore.class)) {
                    ItemStore defined = beans.getBean(beanName, ItemStore.class);
                    return Optional.of(new SharedStore(defined, defined));
                }
                if (exclusive != null) {
                    SharedStore shared = beans.getBean(beanName, SharedStore.class);
                    if (shared.place.equals(exclusive)) {
                        return Optional.of(shared);
                    }
                }
            }
            parent = beans.getParentBeanFactory();
        }
        return Optional.empty();
    }

    @Override
    public String kind() {
        return store.kind();
    }

    @Override
    public boolean isShared() {
        return store.isShared();
    }

    @Override
    public boolean isBounded() {
        return store.isBounded();
    }

    @Override
    public boolean isTransactional() {
        return store.isTransactional();
    }

    @Override
    public StoreSession open(StoreContext context) {
        return store.open(context);
    }
}
