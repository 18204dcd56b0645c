/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.store;

import io.batcher.Batcher;
import io.batcher.BatcherConfig;
import io.batcher.BatcherScheduler;
import io.batcher.BatcherStoreException;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.ManagedBatcher;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.context.SmartLifecycle;

/**
 * Deletes the dead letters of batchers that are older than the configured age: at the start, then ten times in that age, but not more often
 * than each minute, nor less than each hour. Runs on the executors of the batchers. Several instances may do it at once.
 */
public final class DeadLetterPurge implements SmartLifecycle, AopInfrastructureBean {

    private static final Log logger = LogFactory.getLog(DeadLetterPurge.class);
    private static final Duration SHORTEST = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofHours(1);

    private final BatcherRegistry registry;
    private final String kind;
    private final @Nullable Duration maxAge;
    private final List<Future<?>> timers = new CopyOnWriteArrayList<>();
    private volatile boolean running;

    /**
     * Creates a purge.
     *
     * @param kind the kind of the store
     * @param maxAge the age; null to delete nothing
     */
    public DeadLetterPurge(BatcherRegistry registry, String kind, @Nullable Duration maxAge) {
        this.registry = registry;
        this.kind = kind;
        this.maxAge = maxAge;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public void start() {
        running = true;
        Duration age = maxAge;
        if (age == null) {
            return;
        }
        for (ManagedBatcher managed : registry.managed()) {
            managed.config()
                    .filter(this::isInStore)
                    .ifPresent(config -> repeat(managed.batcher(), config, age, Duration.ZERO));
        }
    }

    @Override
    public void stop() {
        running = false;
        timers.forEach(timer -> timer.cancel(false));
        timers.clear();
    }

    private boolean isInStore(BatcherConfig<?> config) {
        return config.store() != null && config.store().kind().equals(kind);
    }

    private void repeat(Batcher<?> batcher, BatcherConfig<?> config, Duration age, Duration delay) {
        BatcherScheduler scheduler = config.scheduler();
        Executor executor = config.executor();
        if (scheduler == null || executor == null || !running) {
            return; // a customizer cannot remove them; a stopped application deletes nothing
        }
        timers.removeIf(Future::isDone);
        timers.add(scheduler.schedule(() -> purgeOn(executor, batcher, config, age), delay));
    }

    /** The purge blocks, so it does not run on the thread of the timer. */
    private void purgeOn(Executor executor, Batcher<?> batcher, BatcherConfig<?> config, Duration age) {
        try {
            executor.execute(() -> purge(batcher, age));
        } catch (RejectedExecutionException e) {
            logger.debug("No dead letters of batcher \"" + batcher.name() + "\" are deleted now", e);
        }
        Duration tenth = age.dividedBy(10);
        Duration next = tenth.compareTo(SHORTEST) < 0 ? SHORTEST : tenth.compareTo(LONGEST) > 0 ? LONGEST : tenth;
        repeat(batcher, config, age, next);
    }

    private static void purge(Batcher<?> batcher, Duration age) {
        try {
            int deleted =
                    batcher.deadLetters().map(letters -> letters.purge(age)).orElse(0);
            if (deleted > 0) {
                logger.info("Batcher \"" + batcher.name() + "\": deleted " + deleted
                        + (deleted == 1 ? " dead letter" : " dead letters") + " older than " + age
                        + " (batcher.store.jdbc.dead-letter-max-age)");
            }
        } catch (BatcherStoreException e) {
            logger.warn("Batcher \"" + batcher.name() + "\": old dead letters cannot be deleted now", e);
        }
    }
}
