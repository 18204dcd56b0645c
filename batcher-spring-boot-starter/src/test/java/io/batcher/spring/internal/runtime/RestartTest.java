/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatcherRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** As the developer tools restart an application: its own classes anew in a class loader above that of the libraries. */
class RestartTest {

    @Test
    void theApplicationsClassesMayHaveAClassLoaderOfTheirOwn() throws Exception {
        startAndDeliver();
        startAndDeliver();
    }

    private static void startAndDeliver() throws Exception {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        ApplicationLoader loader = new ApplicationLoader(before);
        Class<?> itemType = loader.loadClass(Item.class.getName());
        Thread.currentThread().setContextClassLoader(loader);
        try (ConfigurableApplicationContext context = run(loader.loadClass(App.class.getName()))) {
            BatcherRegistry registry = context.getBean(BatcherRegistry.class);
            deliver(registry, itemType);
            assertThat(registry.get("told", itemType).name()).isEqualTo("told");
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    private static <T> void deliver(BatcherRegistry registry, Class<T> itemType) throws Exception {
        Batcher<T> batcher = registry.get("items", itemType);
        T item = itemType.cast(itemType.getDeclaredConstructor().newInstance());
        CompletableFuture<Void> delivered = batcher.submit(item);
        batcher.flush();
        delivered.join();
        assertThat(batcher.stats().handled()).isEqualTo(1);
    }

    private static ConfigurableApplicationContext run(Class<?> app) {
        SpringApplication application = new SpringApplication(app);
        application.setWebApplicationType(WebApplicationType.NONE);
        return application.run("--batcher.instances.told.item-type=" + Item.class.getName());
    }

    /** Loads the classes below itself, all others from its parent. */
    private static final class ApplicationLoader extends ClassLoader {

        private ApplicationLoader(ClassLoader parent) {
            super(parent);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            boolean own = name.equals(App.class.getName()) || name.equals(Item.class.getName());
            Class<?> loaded = findLoadedClass(name);
            if (!own || loaded != null) {
                return loaded != null ? loaded : super.loadClass(name, resolve);
            }
            try (InputStream file = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] code = file.readAllBytes();
                return defineClass(name, code, 0, code.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    public static class Item {

        public Item() {}
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class App {

        @BatchHandler("items")
        void handle(List<Item> batch) {
            batch.forEach(Item::hashCode); // would fail with the class of another loader
        }
    }
}
