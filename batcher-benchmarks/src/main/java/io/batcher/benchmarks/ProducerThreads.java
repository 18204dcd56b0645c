/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks;

import java.util.concurrent.ThreadFactory;

/** The kind of the producer threads. */
public enum ProducerThreads {
    PLATFORM {
        @Override
        ThreadFactory factory() {
            return task -> {
                Thread thread = new Thread(task, "producer");
                thread.setDaemon(true);
                return thread;
            };
        }
    },

    /** Needs JDK 21 or later. Called by reflection, because the byte code is that of Java 17. */
    VIRTUAL {
        @Override
        ThreadFactory factory() {
            try {
                Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
                return (ThreadFactory) Class.forName("java.lang.Thread$Builder")
                        .getMethod("factory")
                        .invoke(builder);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("this JVM has no virtual threads", e);
            }
        }
    };

    abstract ThreadFactory factory();
}
