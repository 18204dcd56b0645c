/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import io.batcher.BatcherConfig;
import io.batcher.BatcherState;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.BoundedWait;
import io.batcher.spring.ManagedBatcher;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextAware;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.scheduling.concurrent.ExecutorConfigurationSupport;

/**
 * Drains all batchers when the application stops: after the web server and the executors, whose last work may still add
 * items, and before the beans that handlers need are destroyed. What is added later goes at once. A start ends that, so that a
 * stopped context can be started again; the batchers are closed when they are destroyed.
 */
final class BatcherLifecycle
        implements SmartLifecycle, ApplicationContextAware, ApplicationListener<ContextClosedEvent> {

    static final int PHASE = ExecutorConfigurationSupport.DEFAULT_PHASE - 1024;

    private static final Log logger = LogFactory.getLog(BatcherLifecycle.class);
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

    private final BatcherRegistry registry;
    private @Nullable ApplicationContext context;
    private volatile boolean running;
    private volatile boolean drained;
    private volatile boolean closing;

    BatcherLifecycle(BatcherRegistry registry) {
        this.registry = registry;
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
        closing |= event.getApplicationContext() == context;
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
        Map<ManagedBatcher, BoundedWait> drains = new LinkedHashMap<>();
        for (ManagedBatcher managed : registry.managed()) {
            try {
                drain(managed).ifPresent(drain -> drains.put(managed, drain));
            } catch (RuntimeException e) {
                logger.warn("Batcher \"" + managed.name() + "\" cannot be drained", e); // the others can
            }
        }
        try {
            for (Map.Entry<ManagedBatcher, BoundedWait> drain : drains.entrySet()) {
                if (!drain.getValue().await()) {
                    logger.warn("Batcher \"" + drain.getKey().name() + "\" is not drained in time: "
                            + drain.getKey().batcher().stats().depth() + " items are left");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns nothing where there is nothing to wait for. */
    private Optional<BoundedWait> drain(ManagedBatcher managed) {
        boolean paused = managed.batcher().stats().state() == BatcherState.PAUSED;
        if (paused && closing) {
            managed.batcher().resume(); // closing delivers anyway: better now, while the handler has its database
        }
        CompletableFuture<Void> drain = managed.batcher().drain();
        return paused && !closing ? Optional.empty() : Optional.of(new BoundedWait(managed, drain, timeoutOf(managed)));
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
}
