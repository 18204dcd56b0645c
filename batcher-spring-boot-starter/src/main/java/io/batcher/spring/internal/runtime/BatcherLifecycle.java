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
import io.batcher.store.ItemStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
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
 *
 * <p>A batcher with a store that other instances share is paused instead: it finishes what is in hand, and the others go on with the rest.
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
    /** The batchers that {@link #stop} has paused. */
    private final Set<ManagedBatcher> paused = ConcurrentHashMap.newKeySet();

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
            registry.managed().forEach(this::restart);
        }
        drained = false;
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        drained = true;
        List<Ending> endings = new ArrayList<>();
        for (ManagedBatcher batcher : registry.managed()) {
            try {
                (isShared(batcher) ? pause(batcher) : drain(batcher)).ifPresent(endings::add);
            } catch (RuntimeException e) {
                logger.warn("Batcher \"" + batcher.name() + "\" cannot be drained", e); // continue with the others
            }
        }
        try {
            List<ManagedBatcher> left = new ArrayList<>();
            for (Ending ending : endings) {
                boolean succeeded = ending.succeeded();
                ManagedBatcher batcher = ending.batcher();
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
    private Optional<Ending> drain(ManagedBatcher batcher) {
        boolean isPaused = batcher.batcher().stats().state() == BatcherState.PAUSED;
        if (isPaused && closing) {
            batcher.batcher().resume(); // close delivers anyway; do it while the handler still has its database
        }
        CompletableFuture<Void> future = batcher.batcher().drain();
        return isPaused && !closing
                ? Optional.empty()
                : Optional.of(new Drain(batcher, future, new BoundedWait(batcher, future, timeoutOf(batcher))));
    }

    /** Gives the partitions to other instances; returns empty if they have them. */
    private Optional<Ending> pause(ManagedBatcher batcher) {
        if (batcher.batcher().stats().state() == BatcherState.PAUSED) {
            return Optional.empty();
        }
        batcher.batcher().pause();
        paused.add(batcher);
        return Optional.of(new Rest(batcher, BoundedWait.of(batcher, timeoutOf(batcher))));
    }

    private static boolean isShared(ManagedBatcher managed) {
        return managed.config()
                .map(BatcherConfig::store)
                .map(ItemStore::isShared)
                .orElse(false);
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

    private void restart(ManagedBatcher managed) {
        if (paused.remove(managed)) {
            managed.batcher().resume();
        } else if (!isShared(managed)) {
            restartDelivery(managed);
        }
    }

    private static void restartDelivery(ManagedBatcher managed) {
        managed.batcher().startAutoFlush();
        if (!managed.config().map(BatcherConfig::autoFlush).orElse(true)) {
            managed.batcher().stopAutoFlush();
        }
    }

    /** What the shutdown waits for. */
    private interface Ending {

        ManagedBatcher batcher();

        /** Waits. Returns whether it has come. */
        boolean succeeded() throws InterruptedException;
    }

    /** The batches in hand of a batcher whose other items are left to other instances. */
    private record Rest(ManagedBatcher batcher, BoundedWait bounded) implements Ending {

        @Override
        public boolean succeeded() throws InterruptedException {
            if (bounded.awaitUntil(() -> batcher.batcher().stats().inFlight() == 0)) {
                return true;
            }
            logger.warn("Batcher \"" + batcher.name()
                    + "\" has not finished the batch in hand within its shutdown timeout");
            return false;
        }
    }

    /** The drain of a batcher. */
    private record Drain(ManagedBatcher batcher, CompletableFuture<Void> future, BoundedWait bounded)
            implements Ending {

        @Override
        public boolean succeeded() throws InterruptedException {
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
            boolean stored = batcher.config().map(BatcherConfig::store).isPresent();
            return ": " + depth + (depth == 1 ? " item is left" : " items are left") + (stored ? " in its store" : "");
        }
    }
}
