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
import io.batcher.BatcherStoreException;
import io.batcher.spring.BatcherCustomizer;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.ManagedBatcher;
import io.batcher.spring.internal.BatcherConfigurationException;
import io.batcher.spring.internal.definition.BatcherDefinition;
import io.batcher.spring.internal.handler.HandlerInvoker;
import io.batcher.spring.internal.handler.HandlerKind;
import io.batcher.spring.internal.handler.HandlerMethod;
import io.batcher.spring.internal.handler.HandlerSignature;
import io.batcher.spring.internal.options.OptionsMapper;
import io.batcher.spring.internal.options.StoreOptions;
import io.batcher.spring.internal.store.BatcherStores;
import io.batcher.spring.internal.store.SharedStore;
import io.batcher.spring.internal.store.StoreLookup;
import io.batcher.store.ItemStore;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.BeanCurrentlyInCreationException;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.HierarchicalBeanFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.DefaultSingletonBeanRegistry;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.util.ReflectionUtils;

/** Creates and closes batchers. Applies options, threads, error handlers, and then the customizers. */
public class BatcherFactory implements DisposableBean, AopInfrastructureBean {

    private static final Log logger = LogFactory.getLog(BatcherFactory.class);

    private final ConfigurableListableBeanFactory beanFactory;
    private final BatcherThreads threads;
    private final ObjectProvider<BatcherCustomizer> customizers;
    private final BatcherStores stores;
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
        this.stores = new BatcherStores(beanFactory);
    }

    /** Creates a batcher. Its handler is registered when all singletons exist; items added before wait for it. */
    public Batcher<?> create(BatcherDefinition definition) {
        BatcherBuilder<Object> builder = Batcher.builder(definition.name());
        StoreOptions storeOptions = StoreOptions.of(definition.options());
        BatcherConfig<Object> config = configure(definition, builder);
        threads.reserve(mostRuns(config));
        ClosingLetters<Object> letters =
                config.onDeadLetter() == null ? null : new ClosingLetters<>(config.onDeadLetter());
        if (letters != null) {
            builder.onDeadLetter(letters);
        }
        DefaultManagedBatcher managed = new DefaultManagedBatcher(definition, config, letters);
        Batcher<?> batcher = build(builder.listener(managed), definition, storeOptions);
        managed.attach(batcher);
        created.put(definition.beanName(), managed);
        ((DefaultSingletonBeanRegistry) beanFactory)
                .registerDisposableBean(definition.beanName(), () -> close(managed));
        return batcher;
    }

    /** Returns how many tasks a batcher runs at a time: with a store one more, which reads and records while handlers work. */
    private static int mostRuns(BatcherConfig<?> config) {
        return config.store() == null ? config.concurrency() : config.concurrency() + 1;
    }

    private static Batcher<?> build(BatcherBuilder<?> builder, BatcherDefinition definition, StoreOptions options) {
        try {
            return builder.build();
        } catch (BatcherStoreException e) {
            throw new BatcherConfigurationException(
                    "Batcher \"" + definition.name() + "\" cannot open its store: " + e.getMessage() + "." + reason(e),
                    options.kind() == null
                            ? "Correct the cause."
                            : "Correct the cause, or batcher.store." + StoreLookup.spelled(options.kind())
                                    + ". Where nothing has to survive the process, as in tests, set batcher.instances."
                                    + definition.name() + ".store=memory.",
                    e);
        }
    }

    /** Returns what the driver says: no item is concerned yet. */
    private static String reason(BatcherStoreException failure) {
        String reason = NestedExceptionUtils.getMostSpecificCause(failure).getMessage();
        return reason == null || String.valueOf(failure.getMessage()).contains(reason) ? "" : " Reason: " + reason;
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
            closeHere(managed);
        } else if (isInRealTime(managed)) {
            join(startClosing(managed, batcher::close));
        } else {
            logger.warn("Batcher \"" + managed.name()
                    + "\" is not closed, because its own handler or a callback closes the context"
                    + " and drives the virtual time");
        }
    }

    /** Closes a batcher. With a store nothing is handed back, and what it logs is all that is told. */
    private static void closeHere(ManagedBatcher managed) {
        boolean stored = managed.config().map(BatcherConfig::store).isPresent();
        ClosingLog log = stored ? ClosingLog.open() : null;
        try {
            managed.batcher().close();
        } finally {
            if (log != null) {
                log.close();
            }
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
            stores.apply(definition.name(), definition.itemType(), StoreOptions.of(definition.options()), builder);
            threads.apply(builder);
            HandlerMethod onError = definition.handler(HandlerKind.ERROR);
            if (onError != null) {
                builder.onError(callback(onError)::accept);
            }
            HandlerMethod onDeadLetter = definition.handler(HandlerKind.DEAD_LETTER);
            if (onDeadLetter != null) {
                builder.onDeadLetter(callback(onDeadLetter)::accept);
            }
            HandlerMethod key = definition.handler(HandlerKind.KEY);
            if (key != null) {
                builder.key(keyOf(key));
            }
            customizers.orderedStream().forEach(customizer -> customizer.customize(definition.name(), builder));
            BatcherConfig<Object> config = configOf(definition, builder);
            requireItemsOfItsOwn(definition, config);
            requireSyncHandler(definition, config);
            return config;
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new BatcherConfigurationException(
                    "Batcher \"" + definition.name() + "\" is not configured properly: " + e.getMessage() + ".",
                    "Correct batcher.instances." + definition.name()
                            + ", batcher.defaults, or the BatcherCustomizer beans." + adviceOnKey(definition),
                    e);
        }
    }

    private BatcherConfig<Object> configOf(BatcherDefinition definition, BatcherBuilder<Object> builder) {
        try {
            return builder.config();
        } catch (IllegalArgumentException e) {
            throw stores.explain(definition.name(), StoreOptions.of(definition.options()), e)
                    .<RuntimeException>map(explained -> explained)
                    .orElse(e);
        }
    }

    /** A store knows batchers by their names: it would give a child some of its parent's items, and the parent some of the child's. */
    private void requireItemsOfItsOwn(BatcherDefinition definition, BatcherConfig<?> config) {
        ItemStore store = config.store();
        if (store == null) {
            return;
        }
        Object place = SharedStore.placeOf(store);
        BeanFactory ancestor = beanFactory.getParentBeanFactory();
        while (ancestor instanceof ListableBeanFactory beans) {
            boolean shares = beans.getBeansOfType(BatcherRegistry.class, false, false).values().stream()
                    .filter(registry -> registry.names().contains(definition.name()))
                    .flatMap(registry -> registry.managed().stream())
                    .filter(other -> other.name().equals(definition.name()))
                    .flatMap(other -> other.config().map(BatcherConfig::store).stream())
                    .anyMatch(other -> SharedStore.placeOf(other).equals(place));
            if (shares) {
                throw new BatcherConfigurationException(
                        "Batcher \"" + definition.name()
                                + "\" has the same store as the batcher of that name in a parent"
                                + " context: each would get some of the items of both.",
                        "Rename one of the two, remove the handler of the child to use the batcher of the parent, or set"
                                + " batcher.instances." + definition.name() + ".store=memory in the child.");
            }
            ancestor = beans instanceof HierarchicalBeanFactory child ? child.getParentBeanFactory() : null;
        }
    }

    /** The builder does not know a handler that is registered later. */
    private static void requireSyncHandler(BatcherDefinition definition, BatcherConfig<?> config) {
        HandlerMethod handler = definition.handler(HandlerKind.BATCH);
        if (config.transactional() && handler != null && HandlerSignature.isAsync(handler.method())) {
            throw new IllegalArgumentException("transactional needs a synchronous handler, but " + handler.describe()
                    + " returns a " + handler.method().getReturnType().getSimpleName()
                    + ": a transaction belongs to one thread; return void, or leave transactional out");
        }
    }

    private static String adviceOnKey(BatcherDefinition definition) {
        return definition.handler(HandlerKind.KEY) == null && OptionsMapper.needKey(definition.options())
                ? " A key is a method with " + HandlerKind.KEY.on(definition.name()) + " on a bean."
                : "";
    }

    private Function<Object, @Nullable Object> keyOf(HandlerMethod method) {
        HandlerInvoker invoker = new HandlerInvoker(beanFactory, method);
        callbacks.add(invoker);
        return item -> {
            try {
                return invoker.invoke(item);
            } catch (BeanCurrentlyInCreationException e) {
                throw new IllegalStateException(
                        method.describeInFull()
                                + " cannot be called while the bean is being created; make the method static,"
                                + " or add items later",
                        e);
            } catch (Exception e) {
                ReflectionUtils.rethrowRuntimeException(e);
                throw new AssertionError("unreachable", e);
            }
        };
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
