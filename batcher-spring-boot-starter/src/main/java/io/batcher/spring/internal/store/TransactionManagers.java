/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.store;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.transaction.support.ResourceTransactionManager;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * The transaction managers of the application. A listener is added to each as soon as both exist. The managers of a parent context are
 * looked up when all singletons exist, so that none is created early. The listener is removed at the end, as they live on.
 */
public final class TransactionManagers
        implements BeanPostProcessor, SmartInitializingSingleton, DisposableBean, AopInfrastructureBean {

    private static final String GET_DATA_SOURCE = "getDataSource";
    private static final String KAFKA = "org.springframework.kafka.transaction.KafkaAwareTransactionManager";

    private final ListableBeanFactory beanFactory;
    private final Set<ConfigurableTransactionManager> known = Collections.newSetFromMap(new WeakHashMap<>());
    private volatile @Nullable TransactionExecutionListener listener;
    private volatile boolean ready;

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
    public void listen(TransactionExecutionListener transactions) {
        synchronized (this) {
            listener = transactions;
            known.forEach(this::add);
        }
        addAllIfReady();
    }

    /** Also those that are created late, or whose definition does not tell their type. */
    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (bean instanceof ConfigurableTransactionManager manager) {
            know(manager);
        }
        return bean;
    }

    @Override
    public void afterSingletonsInstantiated() {
        ready = true;
        addAllIfReady();
    }

    /** Creates managers, so it holds no lock: another thread may be creating one, and adds it here. */
    private void addAllIfReady() {
        if (ready && listener != null) {
            beanFactory
                    .getBeanProvider(ConfigurableTransactionManager.class, false)
                    .forEach(this::know);
        }
    }

    private synchronized void know(ConfigurableTransactionManager manager) {
        known.add(manager);
        add(manager);
    }

    private void add(ConfigurableTransactionManager manager) {
        TransactionExecutionListener added = listener;
        if (added != null && !manager.getTransactionExecutionListeners().contains(added)) {
            change(manager, listeners -> listeners.add(added));
        }
    }

    @Override
    public synchronized void destroy() {
        TransactionExecutionListener removed = listener;
        if (removed != null) {
            known.forEach(manager -> change(manager, listeners -> listeners.remove(removed)));
        }
        known.clear();
    }

    /** Replaces the listeners: transactions of a parent context may be iterating over them. */
    private static void change(
            ConfigurableTransactionManager manager, Consumer<List<TransactionExecutionListener>> change) {
        List<TransactionExecutionListener> listeners = new ArrayList<>(manager.getTransactionExecutionListeners());
        change.accept(listeners);
        manager.setTransactionExecutionListeners(listeners);
    }
}
