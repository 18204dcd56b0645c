/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.handler;

import io.batcher.spring.internal.BatcherConfigurationException;
import io.batcher.spring.internal.BatcherNames;
import io.batcher.spring.internal.options.OptionNames;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.SpringProxy;
import org.springframework.aop.framework.AdvisedSupport;
import org.springframework.aop.framework.AopConfigException;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.aop.target.EmptyTargetSource;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.SmartInstantiationAwareBeanPostProcessor;
import org.springframework.beans.factory.support.AbstractBeanFactory;
import org.springframework.core.MethodIntrospector;
import org.springframework.scheduling.annotation.AsyncAnnotationBeanPostProcessor;

/** The bean of an annotated method, which may be a proxy, null, or not created yet. */
public final class HandlerBean {

    private static final String NULL = "null";

    private final ConfigurableListableBeanFactory beanFactory;
    private final HandlerMethod handler;

    public HandlerBean(ConfigurableListableBeanFactory beanFactory, HandlerMethod handler) {
        this.beanFactory = beanFactory;
        this.handler = handler;
    }

    /**
     * Checks the bean when all singletons exist. For a bean that is not created yet, checks the proxy that Spring's post-processors
     * will create, as far as they can tell.
     *
     * @return a warning if the bean does not have the method; null if the method can be called
     * @throws BatcherConfigurationException if a proxy of the bean breaks a rule
     */
    public @Nullable String check() {
        String name = handler.beanName();
        String targetName = ScopedProxyUtils.getTargetBeanName(name);
        boolean isScoped = beanFactory.containsBeanDefinition(targetName);
        if (isScoped || isCreated(name)) {
            Object bean = beanFactory.getBean(name);
            String instead = insteadOf(bean);
            if (instead != null) {
                return missing(instead);
            }
            HandlerProxies.requireInvocable(handler, bean);
        }
        closeBatcherFirst();
        if (isScoped) {
            checkBeforeCreation(targetName);
        } else if (!isCreated(name)) {
            checkBeforeCreation(name);
        }
        return null;
    }

    /**
     * Returns the method to call on the created bean.
     *
     * @throws IllegalStateException if the bean has no such method
     * @throws BatcherConfigurationException if a proxy of the bean breaks a rule
     */
    Method methodOf(Object bean) {
        String instead = insteadOf(bean);
        if (instead != null) {
            throw new IllegalStateException(
                    handler.describeInFull() + " cannot be called: bean '" + handler.beanName() + "' is " + instead);
        }
        Method method = HandlerProxies.requireInvocable(handler, bean);
        closeBatcherFirst();
        return method;
    }

    /**
     * Makes the batcher depend on the bean, so that the batcher is destroyed first: closing it delivers the remaining items, which needs
     * the bean. A singleton must have been created: if its creation fails, Spring destroys the beans that depend on it.
     */
    public void closeBatcherFirst() {
        String name = handler.beanName();
        if (isCreated(name) || !beanFactory.isSingleton(name)) {
            beanFactory.registerDependentBean(name, BatcherNames.beanName(handler.batcher()));
        }
    }

    /** Describes a bean that neither has the method nor is a proxy that hides it; null otherwise. */
    @SuppressWarnings("EqualsNull") // as Spring documents for its NullBean
    private @Nullable String insteadOf(Object bean) {
        if (bean.equals(null)) {
            return NULL;
        }
        return bean instanceof SpringProxy || has(bean.getClass(), handler.method())
                ? null
                : "a " + bean.getClass().getName() + " without the method";
    }

    private String missing(String instead) {
        String batcher = "batcher \"" + handler.batcher() + "\"";
        return "Bean '" + handler.beanName() + "' is " + instead + "; therefore "
                + handler.kind().on(handler.batcher()) + " on " + handler.describe() + " is never called: "
                + switch (handler.kind()) {
                    case KEY -> "adding to " + batcher + " fails.";
                    case BATCH ->
                        batcher + " has no handler and keeps its items, up to its capacity. "
                                + (instead.equals(NULL)
                                        ? "Return an object from the @Bean method, or"
                                        : "To receive the batches, a mock must be of type "
                                                + handler.beanType().getName() + "; or")
                                + " disable the batcher with " + OptionNames.INSTANCES + "." + handler.batcher()
                                + ".enabled=false.";
                    case ERROR -> "failures of " + batcher + " are not reported.";
                    case DEAD_LETTER -> batcher + " keeps the items that it gives up, in front of later ones.";
                };
    }

    private static boolean has(Class<?> beanClass, Method method) {
        try {
            MethodIntrospector.selectInvocableMethod(method, beanClass);
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    private boolean isCreated(String name) {
        return beanFactory.containsSingleton(name) && beanFactory.isSingleton(name);
    }

    private void checkBeforeCreation(String name) {
        Class<?> beanClass = handler.beanType();
        AdvisedSupport advised = new AdvisedSupport();
        advised.setTargetSource(EmptyTargetSource.forClass(beanClass));
        for (BeanPostProcessor processor : ((AbstractBeanFactory) beanFactory).getBeanPostProcessors()) {
            if (processor instanceof SmartInstantiationAwareBeanPostProcessor proxying) {
                beanClass = classOf(beanClass, name, proxying);
            }
            if (processor instanceof AsyncAnnotationBeanPostProcessor async) {
                async.postProcessAfterInitialization(advised, name); // adds its advice to an existing proxy
            }
        }
        HandlerProxies.requireInvocable(handler, beanClass);
        HandlerProxies.rejectAsync(handler, advised);
    }

    private static Class<?> classOf(
            Class<?> beanClass, String name, SmartInstantiationAwareBeanPostProcessor proxying) {
        try {
            return proxying.determineBeanType(beanClass, name);
        } catch (AopConfigException e) {
            return beanClass; // Spring reports a class that cannot be proxied when it creates the bean
        }
    }
}
