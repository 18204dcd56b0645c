/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.isolated.Caller;
import io.batcher.isolated.InheritanceProbe;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * G14: the shared threads inherit nothing from the thread whose call started them. Each test loads the library again, so that it has
 * its own shared threads.
 */
class G14InheritsNothingTest {

    private static URL locationOf(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation();
    }

    /** Loads the library and the probe again, without this test's class loader. */
    private static URLClassLoader isolated() {
        URL[] urls = {locationOf(Batcher.class), locationOf(InheritanceProbe.class)};
        return new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
    }

    @SuppressWarnings("unchecked")
    private static Callable<Map<String, Object>> instance(Class<?> type, Class<?>[] parameters, Object... arguments)
            throws ReflectiveOperationException {
        return (Callable<Map<String, Object>>) type.getConstructor(parameters).newInstance(arguments);
    }

    private static Callable<Map<String, Object>> probe(ClassLoader loader) throws ReflectiveOperationException {
        return instance(loader.loadClass(InheritanceProbe.class.getName()), new Class<?>[0]);
    }

    /** Runs the call on a thread of its own group, priority and class loader, with an inherited value. */
    private static Map<String, Object> callAsFirstUser(
            Callable<Map<String, Object>> call, ClassLoader contextClassLoader, InheritableThreadLocal<String> local)
            throws Exception {
        ThreadGroup group = new ThreadGroup("first user");
        FutureTask<Map<String, Object>> task = new FutureTask<>(() -> {
            local.set("first user");
            return call.call();
        });
        Thread thread = new Thread(group, task, "first user");
        thread.setDaemon(true);
        thread.setPriority(Thread.MIN_PRIORITY);
        thread.setContextClassLoader(contextClassLoader);
        thread.start();
        Map<String, Object> seen = task.get(30, TimeUnit.SECONDS);
        thread.join(10_000);
        return seen;
    }

    @Test
    void theSharedThreadsInheritNothingFromTheirFirstUser() throws Exception {
        InheritableThreadLocal<String> local = new InheritableThreadLocal<>();
        try (URLClassLoader loader = isolated();
                URLClassLoader applications = new URLClassLoader(new URL[0], null)) {
            Callable<Map<String, Object>> probe = probe(loader);
            probe.getClass().getField("inherited").set(null, local);
            Map<String, Object> seen = callAsFirstUser(probe, applications, local);
            for (String role : new String[] {"worker of a full batch", "worker of a tick"}) {
                assertThat(seen).containsEntry(role + ": inherited value", "null");
            }
            for (String role : new String[] {"worker of a full batch", "worker of a tick", "timer"}) {
                assertThat(seen)
                        .containsEntry(role + ": class loader", ClassLoader.getSystemClassLoader())
                        .containsEntry(role + ": priority", Thread.NORM_PRIORITY)
                        .containsEntry(role + ": daemon", true);
                ThreadGroup group = (ThreadGroup) seen.get(role + ": group");
                assertThat(group.getParent()).as("parent of the thread group").isNull();
            }
        }
    }

    /** The class loader of a stopped application is garbage while the shared threads still run. */
    @Test
    void theSharedThreadsDoNotHoldTheClassLoaderOfTheirFirstUser() throws Exception {
        InheritableThreadLocal<String> local = new InheritableThreadLocal<>();
        try (URLClassLoader loader = isolated()) {
            ReferenceQueue<ClassLoader> collected = new ReferenceQueue<>();
            Reference<ClassLoader> undeployed = callFromUndeployedApplication(loader, local, collected);
            Reference<? extends ClassLoader> found = null;
            for (int tries = 0; tries < 50 && found == null; tries++) {
                System.gc();
                found = collected.remove(50);
            }
            assertThat(found).isSameAs(undeployed);
            assertThat(Thread.getAllStackTraces().keySet())
                    .anyMatch(thread -> thread.getClass().getClassLoader() == loader);
        }
    }

    private static Reference<ClassLoader> callFromUndeployedApplication(
            URLClassLoader library, InheritableThreadLocal<String> local, ReferenceQueue<ClassLoader> collected)
            throws Exception {
        URL[] urls = {locationOf(Caller.class)};
        try (URLClassLoader application = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
            Class<?> type = application.loadClass(Caller.class.getName());
            Callable<Map<String, Object>> caller = instance(type, new Class<?>[] {Callable.class}, probe(library));
            callAsFirstUser(caller, application, local);
            return new WeakReference<>(application, collected);
        }
    }
}
