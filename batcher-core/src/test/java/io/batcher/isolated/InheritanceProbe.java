/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.isolated;

import io.batcher.Batcher;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Makes the first call to the library in its class loader, on the calling thread, and returns properties of the shared threads. Loaded
 * by a class loader of its own, in which the shared threads do not exist yet.
 */
public final class InheritanceProbe implements Callable<Map<String, Object>> {

    /** An inheritable thread local, set by the test. */
    public static volatile InheritableThreadLocal<?> inherited;

    @Override
    public Map<String, Object> call() throws Exception {
        Map<String, Object> seen = new TreeMap<>();
        CompletableFuture<Void> bySize = new CompletableFuture<>();
        CompletableFuture<Void> byInterval = new CompletableFuture<>();
        try (Batcher<String> full = Batcher.<String>builder("full")
                        .maxBatchSize(1)
                        .handler(batch -> {
                            note(seen, "worker of a full batch");
                            bySize.complete(null);
                        })
                        .build();
                Batcher<String> tick = Batcher.<String>builder("tick")
                        .interval(Duration.ofMillis(1))
                        .handler(batch -> {
                            note(seen, "worker of a tick");
                            byInterval.complete(null);
                        })
                        .build()) {
            full.add("a");
            tick.add("a");
            bySize.get(10, TimeUnit.SECONDS);
            byInterval.get(10, TimeUnit.SECONDS);
            for (Thread thread : Thread.getAllStackTraces().keySet()) {
                if (thread.getName().startsWith("batcher-timer")) {
                    note(seen, "timer", thread);
                }
            }
        }
        return seen;
    }

    private static void note(Map<String, Object> seen, String role) {
        note(seen, role, Thread.currentThread());
        InheritableThreadLocal<?> local = inherited;
        synchronized (seen) {
            seen.put(role + ": inherited value", String.valueOf(local == null ? null : local.get()));
        }
    }

    private static void note(Map<String, Object> seen, String role, Thread thread) {
        synchronized (seen) {
            seen.put(role + ": class loader", thread.getContextClassLoader());
            seen.put(role + ": priority", thread.getPriority());
            seen.put(role + ": group", thread.getThreadGroup());
            seen.put(role + ": daemon", thread.isDaemon());
        }
    }
}
