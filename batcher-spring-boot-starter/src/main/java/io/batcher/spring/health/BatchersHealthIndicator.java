/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.health;

import io.batcher.BatcherState;
import io.batcher.BatcherStats;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.ManagedBatcher;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Reports DOWN while a batcher holds an item for too long or fails repeatedly, and while its store does not answer or it has stopped a
 * partition. A batcher that is paused, or rests after a Retry-After, is reported with that detail, and DOWN only for its store.
 */
public class BatchersHealthIndicator extends AbstractHealthIndicator {

    private final BatcherRegistry registry;
    private final Duration maxAge;
    private final int maxConsecutiveFailures;

    /**
     * Creates the indicator.
     *
     * @param maxAge the age of the oldest item above which a batcher is DOWN
     * @param maxConsecutiveFailures the number of consecutive failed attempts at which a batcher is DOWN
     */
    public BatchersHealthIndicator(BatcherRegistry registry, Duration maxAge, int maxConsecutiveFailures) {
        super("Batchers health check failed");
        this.registry = registry;
        this.maxAge = maxAge;
        this.maxConsecutiveFailures = maxConsecutiveFailures;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        builder.up();
        for (ManagedBatcher managed : registry.managed()) {
            BatcherStats stats = managed.batcher().stats();
            if (isDown(stats)) {
                builder.down();
            }
            builder.withDetail(managed.name(), detail(managed, stats));
        }
    }

    private boolean isDown(BatcherStats stats) {
        boolean tooOld = stats.oldestAge().compareTo(maxAge) > 0;
        boolean failing = stats.consecutiveFailures() >= maxConsecutiveFailures;
        boolean waits =
                stats.state() == BatcherState.PAUSED || !stats.restingFor().isZero();
        boolean storeFails = stats.storeFailure().isPresent() || stats.stoppedPartitions() > 0;
        return storeFails || (!waits && (tooOld || failing));
    }

    private Map<String, Object> detail(ManagedBatcher managed, BatcherStats stats) {
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("status", isDown(stats) ? "DOWN" : "UP");
        detail.put("state", stats.state().name());
        detail.put("depth", stats.depth());
        detail.put("oldestAgeMs", stats.oldestAge().toMillis());
        detail.put("consecutiveFailures", stats.consecutiveFailures());
        managed.pausedFor().ifPresent(pausedFor -> detail.put("pausedForMs", pausedFor.toMillis()));
        if (!stats.restingFor().isZero()) {
            detail.put("restingForMs", stats.restingFor().plusNanos(999_999).toMillis()); // never 0 while it rests
        }
        stats.storeFailure().ifPresent(failure -> detail.put("storeFailure", failure));
        if (stats.stoppedPartitions() > 0) {
            detail.put("stoppedPartitions", stats.stoppedPartitions());
        }
        managed.lastFailure().ifPresent(failure -> detail.put("lastFailure", failure.type()));
        return detail;
    }
}
