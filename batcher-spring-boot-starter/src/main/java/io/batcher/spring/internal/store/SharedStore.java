/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.store;

import io.batcher.store.ItemStore;
import io.batcher.store.StoreContext;
import io.batcher.store.StoreSession;
import org.springframework.aop.framework.AopInfrastructureBean;

/** A store as a bean that all batchers of an application share. Stores are final classes, which an aspect could not proxy. */
public final class SharedStore implements ItemStore, AopInfrastructureBean {

    private final ItemStore store;

    public SharedStore(ItemStore store) {
        this.store = store;
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
