/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.runtime;

import java.lang.reflect.Method;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Creates virtual threads that inherit nothing from the thread that starts them. Spring's own executors let them inherit its
 * inheritable thread locals. Uses reflection, because the byte code is Java 17.
 */
public final class VirtualThreads {

    /** The class whose methods are called. */
    public static final String BUILDER = "java.lang.Thread$Builder$OfVirtual";

    private VirtualThreads() {}

    /**
     * Returns a factory of virtual threads.
     *
     * @param classLoader the context class loader of the threads
     * @throws IllegalStateException if this JVM has no virtual threads
     */
    static ThreadFactory factory(String namePrefix, @Nullable ClassLoader classLoader) {
        try {
            Class<?> type = Class.forName(BUILDER);
            Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
            type.getMethod("name", String.class, long.class).invoke(builder, namePrefix, 1);
            type.getMethod("inheritInheritableThreadLocals", boolean.class).invoke(builder, false);
            Method factoryMethod = type.getMethod("factory");
            ThreadFactory factory = (ThreadFactory) factoryMethod.invoke(builder);
            return task -> {
                Thread thread = factory.newThread(task);
                thread.setContextClassLoader(classLoader);
                return thread;
            };
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("This JVM has no virtual threads; they need Java 21 or later", e);
        }
    }
}
