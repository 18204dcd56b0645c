/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.BatcherConfig;
import io.batcher.spring.BatcherCustomizer;
import io.batcher.spring.ManagedBatcher;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.ReflectionUtils;

/** Builds the batchers that the starter makes: options, threads, error handlers, and then the customizers. */
class BatcherFactory implements DisposableBean, AopInfrastructureBean {

    private static final Log logger = LogFactory.getLog(BatcherFactory.class);

    private final ConfigurableListableBeanFactory beanFactory;
    private final BatcherThreads threads;
    private final ObjectProvider<BatcherCustomizer> customizers;
    /** By the names of their beans. */
    private final Map<String, DefaultManagedBatcher> made = new ConcurrentHashMap<>();

    BatcherFactory(
            ConfigurableListableBeanFactory beanFactory,
            BatcherThreads threads,
            ObjectProvider<BatcherCustomizer> customizers) {
        this.beanFactory = beanFactory;
        this.threads = threads;
        this.customizers = customizers;
    }

    /** Builds one. The handler is connected when all singletons exist; what is added before waits for it. */
    Batcher<?> create(BatcherSpec spec) {
        BatcherBuilder<Object> builder = Batcher.builder(spec.name());
        BatcherConfig<Object> config = configure(spec, builder);
        ClosingLetters<Object> letters =
                config.onDeadLetter() == null ? null : new ClosingLetters<>(config.onDeadLetter());
        if (letters != null) {
            builder.onDeadLetter(letters);
        }
        DefaultManagedBatcher managed = new DefaultManagedBatcher(spec, config, letters);
        Batcher<?> batcher = builder.listener(managed).build();
        managed.isFor(batcher);
        made.put(spec.beanName(), managed);
        return batcher;
    }

    /** Returns what is known about the batcher of a bean, whatever proxy the bean is; null if it was not made here. */
    @Nullable ManagedBatcher find(String beanName) {
        return made.get(beanName);
    }

    /**
     * Tells what was not delivered, when all batchers are closed. The engine could, but to the logging of the JDK, and its bridge to
     * the application's log is gone before beans are destroyed.
     */
    @Override
    public void destroy() {
        made.values().forEach(managed -> {
            long left = managed.batcher().stats().handedBack();
            if (left > 0) {
                tellOf(left, managed);
            }
        });
    }

    private static void tellOf(long left, DefaultManagedBatcher managed) {
        String what = "Batcher \"" + managed.name() + "\" is closed with " + left + (left == 1 ? " item" : " items")
                + " not delivered; ";
        ClosingLetters<?> letters = managed.letters();
        if (letters == null) {
            String advice = "add a method with " + HandlerKind.DEAD_LETTER.on(managed.name()) + " to keep such items";
            logger.error(what + advice, managed.cause());
        } else {
            logger.error(what + letters.describe(left), letters.failure());
        }
    }

    private BatcherConfig<Object> configure(BatcherSpec spec, BatcherBuilder<Object> builder) {
        try {
            OptionsMapper.apply(spec.options(), builder);
            threads.apply(builder);
            HandlerMethod onError = spec.handler(HandlerKind.ERROR);
            if (onError != null) {
                builder.onError(callback(onError)::accept);
            }
            HandlerMethod onDeadLetter = spec.handler(HandlerKind.DEAD_LETTER);
            if (onDeadLetter != null) {
                builder.onDeadLetter(callback(onDeadLetter)::accept);
            }
            customizers.orderedStream().forEach(customizer -> customizer.customize(spec.name(), builder));
            return builder.config();
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new BatcherConfigurationException(
                    "Batcher \"" + spec.name() + "\" is not configured properly: " + e.getMessage() + ".",
                    "Correct batcher.instances." + spec.name() + ", batcher.defaults, or the BatcherCustomizer beans.",
                    e);
        }
    }

    private Consumer<Object> callback(HandlerMethod method) {
        HandlerInvoker invoker = new HandlerInvoker(beanFactory, method);
        return argument -> {
            try {
                invoker.invoke(argument);
            } catch (Exception e) {
                ReflectionUtils.rethrowRuntimeException(e);
            }
        };
    }
}
