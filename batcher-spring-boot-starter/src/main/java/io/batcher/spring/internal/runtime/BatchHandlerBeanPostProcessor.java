/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.runtime;

import io.batcher.spring.internal.BatcherConfigurationException;
import io.batcher.spring.internal.definition.BatcherDefinition;
import io.batcher.spring.internal.definition.BatcherDefinitionRegistrar;
import io.batcher.spring.internal.handler.HandlerBean;
import io.batcher.spring.internal.handler.HandlerKind;
import io.batcher.spring.internal.handler.HandlerMethod;
import io.batcher.spring.internal.handler.HandlerProxies;
import io.batcher.spring.internal.handler.HandlerScanner;
import io.batcher.spring.internal.handler.HandlerSignature;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * Registers annotated methods as handlers of their batchers when all singletons exist. Inspects each bean after its creation, to
 * detect a proxy that hides a handler method, and a method that no bean definition revealed.
 */
public class BatchHandlerBeanPostProcessor
        implements BeanPostProcessor,
                SmartInitializingSingleton,
                ApplicationListener<ContextClosedEvent>,
                AopInfrastructureBean {

    private static final Log logger = LogFactory.getLog(BatchHandlerBeanPostProcessor.class);

    private final ConfigurableListableBeanFactory beanFactory;
    private final Environment environment;
    private final BatcherDefinitionRegistrar registrar;
    private final HandlerConnector connector;
    private final DeadLetterBeans deadLetterBeans;
    private final Set<Class<?>> withoutHandlers = ConcurrentHashMap.newKeySet();
    private volatile boolean connected;

    public BatchHandlerBeanPostProcessor(
            ConfigurableListableBeanFactory beanFactory,
            Environment environment,
            BatcherDefinitionRegistrar registrar,
            HandlerConnector connector) {
        this.beanFactory = beanFactory;
        this.environment = environment;
        this.registrar = registrar;
        this.connector = connector;
        this.deadLetterBeans = new DeadLetterBeans(beanFactory);
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        Class<?> type = ClassUtils.getUserClass(AopProxyUtils.ultimateTargetClass(bean));
        if (withoutHandlers.contains(type)) {
            return bean;
        }
        Map<Method, HandlerKind> methods = HandlerScanner.isCandidate(type) ? HandlerScanner.annotated(type) : Map.of();
        if (methods.isEmpty()) {
            withoutHandlers.add(type);
        } else if (beanFactory.containsLocalBean(
                beanName)) { // neither an inner bean nor an externally initialized object
            methods.forEach((method, kind) -> inspect(bean, beanName, type, method, kind));
        }
        return bean;
    }

    @Override
    public void afterSingletonsInstantiated() {
        for (BatcherDefinition definition : registrar.definitions()) {
            HandlerMethod onDeadLetter = definition.handler(HandlerKind.DEAD_LETTER);
            if (onDeadLetter != null) {
                deadLetterBeans.create(onDeadLetter);
            }
            definition.handlers().values().forEach(method -> check(method, definition));
        }
        for (BatcherDefinition definition : registrar.definitions()) {
            HandlerMethod handler = definition.handler(HandlerKind.BATCH);
            if (handler != null) {
                connector.connect(definition, handler);
            }
        }
        connected = true;
    }

    /** Covers lazy beans that were created after startup and never called. */
    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        for (BatcherDefinition definition : registrar.definitions()) {
            definition.handlers().values().forEach(method -> new HandlerBean(beanFactory, method).closeBatcherFirst());
        }
    }

    /** Removes a handler whose bean is missing, so that items wait instead of failing batch by batch. */
    private void check(HandlerMethod method, BatcherDefinition definition) {
        String missing = new HandlerBean(beanFactory, method).check();
        if (missing != null) {
            logger.warn(missing);
            if (method.kind() == HandlerKind.BATCH) {
                definition.handlers().remove(HandlerKind.BATCH, method);
            }
        }
    }

    /** Creates the beans of dead-letter methods whose creation failed at startup. */
    void createMissingBeans() {
        deadLetterBeans.createMissing();
    }

    private void inspect(Object bean, String beanName, Class<?> type, Method method, HandlerKind kind) {
        String batcher = HandlerScanner.batcherOf(method, kind, environment);
        if (registrar.disabled().contains(batcher)) {
            return;
        }
        BatcherDefinition definition = definitionOf(batcher);
        HandlerMethod known = definition == null ? null : definition.handler(kind);
        boolean isScopedTarget = ScopedProxyUtils.isScopedTarget(beanName);
        String name = isScopedTarget ? ScopedProxyUtils.getOriginalBeanName(beanName) : beanName;
        if (known != null && known.beanName().equals(name)) {
            HandlerProxies.requireInvocable(known, bean);
            return;
        }
        if (isScopedTarget) {
            return; // its proxy is called
        }
        ResolvableType itemType = HandlerSignature.itemType(kind, batcher, method, ResolvableType.forClass(type));
        HandlerMethod handler = new HandlerMethod(kind, batcher, beanName, type, method, itemType);
        if (known != null) {
            throw BatcherDefinition.twoHandlers(known, handler);
        }
        if (definition == null || kind != HandlerKind.BATCH) {
            throw hidden(handler);
        }
        HandlerProxies.requireInvocable(handler, bean);
        addLate(handler, definition);
    }

    /** Adds a handler that no bean definition revealed, to a batcher that exists without it. */
    private void addLate(HandlerMethod handler, BatcherDefinition definition) {
        definition.requireItemType(handler);
        definition.handlers().put(HandlerKind.BATCH, handler);
        if (connected) {
            connector.connect(definition, handler);
        }
    }

    private static BatcherConfigurationException hidden(HandlerMethod handler) {
        return new BatcherConfigurationException(
                "The " + handler.kind().role() + " of batcher \"" + handler.batcher() + "\" is hidden: "
                        + handler.describeInFull()
                        + " was found only when the bean was created, because its definition declares another type.",
                "Declare the class itself, " + handler.beanType().getName()
                        + ", as the return type of the @Bean method, not an interface of it.");
    }

    private @Nullable BatcherDefinition definitionOf(String batcher) {
        return registrar.definitions().stream()
                .filter(definition -> definition.name().equals(batcher))
                .findFirst()
                .orElse(null);
    }
}
