/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.runtime;

import io.batcher.Batcher;
import io.batcher.spring.internal.BatcherConfigurationException;
import io.batcher.spring.internal.definition.BatcherDefinition;
import io.batcher.spring.internal.handler.HandlerInvoker;
import io.batcher.spring.internal.handler.HandlerMethod;
import io.batcher.spring.internal.handler.HandlerScope;
import io.batcher.spring.internal.handler.HandlerSignature;
import io.batcher.spring.internal.handler.RetryAfterTranslator;
import java.util.function.Supplier;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/** Registers handler methods at their batchers: each call runs in a scope, and its exceptions are translated. */
public final class HandlerConnector {

    private static final Log logger = LogFactory.getLog(HandlerConnector.class);

    private final ConfigurableListableBeanFactory beanFactory;
    private final Supplier<HandlerScope> scope;
    private final Supplier<RetryAfterTranslator> retryAfter;

    /**
     * Creates a connector.
     *
     * @param scope what surrounds each call, resolved when a method is connected
     * @param retryAfter what translates the exceptions of a call, resolved when a method is connected
     */
    public HandlerConnector(
            ConfigurableListableBeanFactory beanFactory,
            Supplier<HandlerScope> scope,
            Supplier<RetryAfterTranslator> retryAfter) {
        this.beanFactory = beanFactory;
        this.scope = scope;
        this.retryAfter = retryAfter;
    }

    /**
     * Registers a method at its batcher. A batcher that is the application's own bean keeps the handler that it has.
     *
     * @throws BatcherConfigurationException if the batcher has a handler that was set in code
     */
    void connect(BatcherDefinition definition, HandlerMethod handler) {
        Batcher<?> batcher = beanFactory.getBean(definition.beanName(), Batcher.class);
        HandlerInvoker invoker = new HandlerInvoker(beanFactory, handler);
        HandlerScope handlerScope = scope.get();
        RetryAfterTranslator failures = retryAfter.get();
        try {
            if (HandlerSignature.isAsync(handler.method())) {
                batcher.registerAsyncHandler(batch -> {
                    try (HandlerScope.Scope current = handlerScope.open(batch)) {
                        return failures.translate(invoker.invokeAsync(batch, current.context()));
                    } catch (Throwable failure) {
                        throw failures.rethrow(failure);
                    }
                });
            } else {
                batcher.registerHandler(batch -> {
                    try (HandlerScope.Scope ignored = handlerScope.open(batch)) {
                        invoker.invoke(batch);
                    } catch (Throwable failure) {
                        throw failures.rethrow(failure);
                    }
                });
            }
        } catch (IllegalStateException e) {
            rejectSecondHandler(definition, handler, e);
        }
    }

    private static void rejectSecondHandler(
            BatcherDefinition definition, HandlerMethod handler, IllegalStateException e) {
        if (!definition.isDefinedByApplication()) {
            throw new BatcherConfigurationException(
                    "Batcher \"" + definition.name() + "\" has two handlers: " + handler.describeInFull()
                            + " and one that was set in code.",
                    "Remove one of them; look for a BatcherCustomizer that sets a handler.",
                    e);
        }
        logger.warn("Batcher \"" + definition.name() + "\" is the application's own bean '" + definition.beanName()
                + "' and has a handler already; " + handler.describeInFull() + " is never called");
    }
}
