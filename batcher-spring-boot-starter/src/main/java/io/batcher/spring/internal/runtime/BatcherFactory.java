/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.runtime;

import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.BatcherClock;
import io.batcher.BatcherConfig;
import io.batcher.BatcherState;
import io.batcher.spring.BatcherCustomizer;
import io.batcher.spring.ManagedBatcher;
import io.batcher.spring.internal.BatcherConfigurationException;
import io.batcher.spring.internal.definition.BatcherDefinition;
import io.batcher.spring.internal.handler.HandlerInvoker;
import io.batcher.spring.internal.handler.HandlerKind;
import io.batcher.spring.internal.handler.HandlerMethod;
import io.batcher.spring.internal.options.OptionsMapper;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.DefaultSingletonBeanRegistry;
import org.springframework.util.ReflectionUtils;

/** Creates and closes batchers. Applies options, threads, error handlers, and then the customizers. */
public class BatcherFactory implements DisposableBean, AopInfrastructureBean {

    private static final Log logger = LogFactory.getLog(BatcherFactory.class);

    private final ConfigurableListableBeanFactory beanFactory;
    private final BatcherThreads threads;
    private final ObjectProvider<BatcherCustomizer> customizers;
    private final List<HandlerInvoker> callbacks = new CopyOnWriteArrayList<>();

    /** By bean name. */
    private final Map<String, DefaultManagedBatcher> created = new ConcurrentHashMap<>();

    public BatcherFactory(
            ConfigurableListableBeanFactory beanFactory,
            BatcherThreads threads,
            ObjectProvider<BatcherCustomizer> customizers) {
        this.beanFactory = beanFactory;
        this.threads = threads;
        this.customizers = customizers;
    }

    /** Creates a batcher. Its handler is registered when all singletons exist; items added before wait for it. */
    public Batcher<?> create(BatcherDefinition definition) {
        BatcherBuilder<Object> builder = Batcher.builder(definition.name());
        BatcherConfig<Object> config = configure(definition, builder);
        ClosingLetters<Object> letters =
                config.onDeadLetter() == null ? null : new ClosingLetters<>(config.onDeadLetter());
        if (letters != null) {
            builder.onDeadLetter(letters);
        }
        DefaultManagedBatcher managed = new DefaultManagedBatcher(definition, config, letters);
        Batcher<?> batcher = builder.listener(managed).build();
        managed.attach(batcher);
        created.put(definition.beanName(), managed);
        ((DefaultSingletonBeanRegistry) beanFactory)
                .registerDisposableBean(definition.beanName(), () -> close(managed));
        return batcher;
    }

    /** Caches the beans of callbacks when the context begins to close, because a batch may fail after they are destroyed. */
    void rememberBeans() {
        callbacks.forEach(HandlerInvoker::remember);
    }

    /** Returns the batcher created for a bean, also if the bean is a proxy; null if this factory did not create it. */
    @Nullable ManagedBatcher find(String beanName) {
        return created.get(beanName);
    }

    /**
     * Logs undelivered items after all batchers are closed. The engine would log them to {@code System.Logger}, whose bridge to the
     * application's log is removed before beans are destroyed.
     */
    @Override
    public void destroy() {
        created.values().forEach(managed -> {
            long left = managed.batcher().stats().handedBack();
            if (left > 0) {
                logUndelivered(left, managed);
            }
        });
    }

    private static void logUndelivered(long left, DefaultManagedBatcher managed) {
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

    /** Closes a batcher when its bean is destroyed. On another thread if the batcher waits for this one. */
    private static void close(ManagedBatcher managed) {
        Batcher<?> batcher = managed.batcher();
        if (batcher.stats().state() == BatcherState.CLOSED) {
            return;
        }
        if (!batcher.awaitsCaller()) {
            batcher.close();
        } else if (isInRealTime(managed)) {
            join(startClosing(managed, batcher::close));
        } else {
            logger.warn("Batcher \"" + managed.name()
                    + "\" is not closed, because its own handler or a callback closes the context"
                    + " and drives the virtual time");
        }
    }

    /** Returns whether another thread can wait for the batcher: virtual time advances on the thread of the test only. */
    static boolean isInRealTime(ManagedBatcher batcher) {
        return batcher.config().map(BatcherConfig::clock).orElse(BatcherClock.system()) == BatcherClock.system();
    }

    /** Starts a thread that closes a batcher. It inherits thread locals, by which the engine recognizes who waits for it. */
    static Thread startClosing(ManagedBatcher batcher, Runnable close) {
        Thread thread = new Thread(close, "batcher-close-" + batcher.name());
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private BatcherConfig<Object> configure(BatcherDefinition definition, BatcherBuilder<Object> builder) {
        try {
            OptionsMapper.apply(definition.options(), builder);
            threads.apply(builder);
            HandlerMethod onError = definition.handler(HandlerKind.ERROR);
            if (onError != null) {
                builder.onError(callback(onError)::accept);
            }
            HandlerMethod onDeadLetter = definition.handler(HandlerKind.DEAD_LETTER);
            if (onDeadLetter != null) {
                builder.onDeadLetter(callback(onDeadLetter)::accept);
            }
            customizers.orderedStream().forEach(customizer -> customizer.customize(definition.name(), builder));
            return builder.config();
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new BatcherConfigurationException(
                    "Batcher \"" + definition.name() + "\" is not configured properly: " + e.getMessage() + ".",
                    "Correct batcher.instances." + definition.name()
                            + ", batcher.defaults, or the BatcherCustomizer beans.",
                    e);
        }
    }

    private Consumer<Object> callback(HandlerMethod method) {
        HandlerInvoker invoker = new HandlerInvoker(beanFactory, method);
        callbacks.add(invoker);
        return argument -> {
            try {
                invoker.invoke(argument);
            } catch (Exception e) {
                ReflectionUtils.rethrowRuntimeException(e);
            }
        };
    }
}
