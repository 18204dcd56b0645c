/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.handler;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.util.ReflectionUtils;

/**
 * Calls an annotated method. Looks the bean up when it is called, so that the bean may be lazy or scoped, and may inject the batcher that
 * it handles. A singleton is looked up once. A key method needs no bean if it is static. Thread-safe.
 */
public final class HandlerInvoker {

    private final ConfigurableListableBeanFactory beanFactory;
    private final HandlerMethod handler;
    private final HandlerBean handlerBean;
    private final boolean isStaticKey;
    private volatile @Nullable Invocable last;
    private volatile @Nullable Object singleton;

    public HandlerInvoker(ConfigurableListableBeanFactory beanFactory, HandlerMethod handler) {
        this.beanFactory = beanFactory;
        this.handler = handler;
        this.handlerBean = new HandlerBean(beanFactory, handler);
        this.isStaticKey = handler.kind() == HandlerKind.KEY
                && Modifier.isStatic(handler.method().getModifiers());
        if (isStaticKey) {
            ReflectionUtils.makeAccessible(handler.method());
        }
    }

    /** Caches an existing singleton, for calls after the context has closed. */
    public void remember() {
        if (beanFactory.containsSingleton(handler.beanName())) {
            bean();
        }
    }

    /** Returns the bean. Keeps a singleton: after its destruction, the bean factory would create a second one. */
    private Object bean() {
        Object known = singleton;
        if (known != null) {
            return known;
        }
        Object bean = beanFactory.getBean(handler.beanName());
        singleton = beanFactory.isSingleton(handler.beanName()) ? bean : null;
        return bean;
    }

    /** Calls the method and returns its result. */
    public @Nullable Object invoke(Object argument) throws Exception {
        try {
            if (isStaticKey) {
                return handler.method().invoke(null, argument);
            }
            Object bean = bean();
            return methodOf(bean).invoke(bean, argument);
        } catch (InvocationTargetException e) {
            ReflectionUtils.rethrowException(e.getTargetException());
            throw new AssertionError("unreachable", e);
        }
    }

    /**
     * Calls a method whose result completes when the batch is handled.
     *
     * @param context the entries for the Reactor context, if the result is a publisher
     */
    public CompletionStage<?> invokeAsync(Object argument, Map<String, Object> context) throws Exception {
        Object result = invoke(argument);
        if (result instanceof CompletionStage<?> stage) {
            return stage;
        }
        ReactiveAdapter adapter = result == null
                ? null
                : ReactiveAdapterRegistry.getSharedInstance().getAdapter(null, result);
        if (adapter == null) {
            throw new IllegalStateException(handler.describe() + " returned "
                    + (result == null ? "null" : "a " + result.getClass().getName())
                    + " instead of a CompletionStage or a reactive type");
        }
        return PublisherStage.of(adapter.toPublisher(result), context);
    }

    private Method methodOf(Object bean) {
        Invocable known = last;
        if (known == null || known.beanClass() != bean.getClass()) {
            known = new Invocable(bean.getClass(), handlerBean.methodOf(bean));
            last = known;
        }
        return known.method();
    }

    private record Invocable(Class<?> beanClass, Method method) {}
}
