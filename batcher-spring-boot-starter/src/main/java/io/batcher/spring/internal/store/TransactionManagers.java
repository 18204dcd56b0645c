/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.store;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.transaction.support.ResourceTransactionManager;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * The transaction managers of the application. A listener is added to them when all singletons exist, so that none is created early, and removed at the end: the
 * managers of a parent context live on.
 */
public final class TransactionManagers implements SmartInitializingSingleton, DisposableBean, AopInfrastructureBean {

    private static final String GET_DATA_SOURCE = "getDataSource";
    private static final String KAFKA = "org.springframework.kafka.transaction.KafkaAwareTransactionManager";

    private final ListableBeanFactory beanFactory;
    private @Nullable TransactionExecutionListener listener;
    private final List<ConfigurableTransactionManager> listened = new ArrayList<>();
    private boolean ready;

    public TransactionManagers(ListableBeanFactory beanFactory) {
        this.beanFactory = beanFactory;
    }

    /**
     * Returns the manager of the transactions on a {@code DataSource}: the one that names it, else the only or primary one if it names no
     * resource, as that of JTA.
     */
    Optional<PlatformTransactionManager> find(DataSource dataSource) {
        ObjectProvider<PlatformTransactionManager> all = beanFactory.getBeanProvider(PlatformTransactionManager.class);
        PlatformTransactionManager single = all.getIfUnique();
        List<PlatformTransactionManager> managers =
                Stream.concat(Stream.ofNullable(single), all.orderedStream()).toList();
        return managers.stream()
                .filter(manager ->
                        manager instanceof ResourceTransactionManager of && of.getResourceFactory() == dataSource)
                .findFirst()
                .or(() -> managers.stream()
                        .filter(manager -> dataSourceOf(manager)
                                .filter(own -> own == dataSource)
                                .isPresent())
                        .findFirst())
                .or(() -> Optional.ofNullable(single).filter(manager -> !namesResource(manager)));
    }

    private static boolean namesResource(PlatformTransactionManager manager) {
        return manager instanceof ResourceTransactionManager
                || ClassUtils.hasMethod(manager.getClass(), GET_DATA_SOURCE)
                || ClassUtils.getAllInterfacesForClassAsSet(manager.getClass()).stream()
                        .anyMatch(type -> type.getName().equals(KAFKA));
    }

    /** The manager of JPA names its {@code DataSource} beside its resource, in a module that may be absent. */
    private static Optional<Object> dataSourceOf(PlatformTransactionManager manager) {
        Method method = ClassUtils.getMethodIfAvailable(manager.getClass(), GET_DATA_SOURCE);
        if (method == null || !method.trySetAccessible()) {
            return Optional.empty();
        }
        return Optional.ofNullable(ReflectionUtils.invokeMethod(method, manager));
    }

    /** Sets the listener, during the startup or later. */
    public synchronized void listen(TransactionExecutionListener transactions) {
        listener = transactions;
        addIfReady();
    }

    @Override
    public synchronized void afterSingletonsInstantiated() {
        ready = true;
        addIfReady();
    }

    private void addIfReady() {
        TransactionExecutionListener added = listener;
        if (ready && added != null) {
            beanFactory
                    .getBeanProvider(ConfigurableTransactionManager.class, false)
                    .forEach(manager -> {
                        change(manager, listeners -> listeners.add(added));
                        listened.add(manager);
                    });
        }
    }

    @Override
    public synchronized void destroy() {
        listened.forEach(manager -> change(manager, listeners -> listeners.remove(listener)));
        listened.clear();
    }

    /** Replaces the listeners: transactions of a parent context may be iterating over them. */
    private static void change(
            ConfigurableTransactionManager manager, Consumer<List<TransactionExecutionListener>> change) {
        List<TransactionExecutionListener> listeners = new ArrayList<>(manager.getTransactionExecutionListeners());
        change.accept(listeners);
        manager.setTransactionExecutionListeners(listeners);
    }
}
