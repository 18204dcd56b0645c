/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.runtime;

import io.batcher.BatcherConfig;
import io.batcher.BatcherState;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.ManagedBatcher;
import io.batcher.spring.internal.BoundedWait;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextAware;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.scheduling.concurrent.ExecutorConfigurationSupport;

/**
 * Drains all batchers when the application stops: after the web server and the executors, whose last tasks may still add items,
 * and before the beans of handlers are destroyed. Items added later are delivered immediately. {@link #start} ends that, so that
 * a stopped context can be restarted. Batchers are closed when they are destroyed, or here if the context is closing and a
 * batcher could not be drained.
 */
public class BatcherLifecycle
        implements SmartLifecycle,
                ApplicationContextAware,
                ApplicationListener<ContextClosedEvent>,
                AopInfrastructureBean {

    static final int PHASE = ExecutorConfigurationSupport.DEFAULT_PHASE - 1024;

    // The engine logs to java.util.logging by default, which is silent while the JVM shuts down.
    private static final Log logger = LogFactory.getLog(BatcherLifecycle.class);
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

    private final BatcherRegistry registry;
    private final BatchHandlerBeanPostProcessor handlers;
    private final BatcherFactory factory;
    private @Nullable ApplicationContext context;
    private volatile boolean running;
    private volatile boolean drained;
    private volatile boolean closing;

    public BatcherLifecycle(BatcherRegistry registry, BatchHandlerBeanPostProcessor handlers, BatcherFactory factory) {
        this.registry = registry;
        this.handlers = handlers;
        this.factory = factory;
    }

    @Override
    public void setApplicationContext(ApplicationContext context) {
        this.context = context;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        if (event.getApplicationContext() == context) {
            closing = true;
            handlers.createMissingBeans();
            factory.rememberBeans();
        }
    }

    @Override
    public void start() {
        if (drained) {
            registry.managed().forEach(BatcherLifecycle::restart);
        }
        drained = false;
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        drained = true;
        List<Drain> drains = new ArrayList<>();
        for (ManagedBatcher batcher : registry.managed()) {
            try {
                drain(batcher).ifPresent(drains::add);
            } catch (RuntimeException e) {
                logger.warn("Batcher \"" + batcher.name() + "\" cannot be drained", e); // continue with the others
            }
        }
        try {
            List<ManagedBatcher> left = new ArrayList<>();
            for (Drain drain : drains) {
                boolean succeeded = drain.succeeded();
                ManagedBatcher batcher = drain.batcher();
                boolean own = batcher.config().isPresent(); // the application closes its own batchers if it can
                if (!succeeded && (own || batcher.batcher().awaitsCaller())) {
                    left.add(batcher);
                }
            }
            if (closing) {
                close(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Starts draining; returns empty if there is nothing to wait for. */
    private Optional<Drain> drain(ManagedBatcher batcher) {
        boolean paused = batcher.batcher().stats().state() == BatcherState.PAUSED;
        if (paused && closing) {
            batcher.batcher().resume(); // close delivers anyway; do it while the handler still has its database
        }
        CompletableFuture<Void> future = batcher.batcher().drain();
        return paused && !closing
                ? Optional.empty()
                : Optional.of(new Drain(batcher, future, new BoundedWait(batcher, future, timeoutOf(batcher))));
    }

    /**
     * Closes batchers that could not be drained, concurrently: the beans of dead-letter handlers still exist, and several handlers that
     * hang delay the shutdown by one timeout instead of one each.
     */
    private static void close(List<ManagedBatcher> batchers) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (ManagedBatcher batcher : batchers) {
            if (BatcherFactory.isInRealTime(batcher)) {
                threads.add(BatcherFactory.startClosing(batcher, () -> close(batcher)));
            } else if (!batcher.batcher().awaitsCaller()) {
                close(batcher); // virtual time advances on this thread only
            }
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /** Closes a batcher without logging of the engine; the creator of the batcher logs undelivered items later. */
    private static void close(ManagedBatcher batcher) {
        boolean hasDeadLetterHandler =
                batcher.config().map(BatcherConfig::onDeadLetter).isPresent();
        try {
            if (hasDeadLetterHandler) {
                batcher.batcher().close();
            } else {
                batcher.batcher().close(timeoutOf(batcher)); // counts the items that it hands back, without logging
            }
        } catch (RuntimeException e) {
            logger.warn("Batcher \"" + batcher.name() + "\" cannot be closed", e);
        }
    }

    private static Duration timeoutOf(ManagedBatcher managed) {
        return managed.config().map(BatcherConfig::shutdownTimeout).orElse(DEFAULT_TIMEOUT);
    }

    private static void restart(ManagedBatcher managed) {
        managed.batcher().startAutoFlush();
        if (!managed.config().map(BatcherConfig::autoFlush).orElse(true)) {
            managed.batcher().stopAutoFlush();
        }
    }

    private record Drain(ManagedBatcher batcher, CompletableFuture<Void> future, BoundedWait bounded) {

        boolean succeeded() throws InterruptedException {
            if (!bounded.awaitUnlessAwaited()) {
                if (batcher.batcher().awaitsCaller()) {
                    logger.info(
                            "Batcher \"" + batcher.name() + "\" is not drained, because its own handler or a callback"
                                    + " waits for that; its current batch is settled when it returns" + left());
                    return false;
                }
                logger.warn("Batcher \"" + batcher.name() + "\" is not drained within its shutdown timeout" + left());
                return false;
            }
            // Without a handler, a flush fails even if there is nothing to deliver.
            boolean nothingLeft = batcher.batcher().stats().depth() == 0;
            if (future.isCompletedExceptionally() && !nothingLeft) {
                Throwable cause = future.handle((nothing, failure) -> failure).join();
                logger.warn("Batcher \"" + batcher.name() + "\" is not drained" + left(), cause);
                return false;
            }
            return true;
        }

        private String left() {
            long depth = batcher.batcher().stats().depth();
            return ": " + depth + (depth == 1 ? " item is left" : " items are left");
        }
    }
}
