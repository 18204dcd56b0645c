/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.aot;

import io.batcher.Batch;
import io.batcher.Batcher;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatchKey;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.testing.UseVirtualTime;
import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.CustomScopeConfigurer;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.support.SimpleThreadScope;
import org.springframework.stereotype.Component;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * An application with every kind of handler bean, and several batchers of equal and different item types. Public, because
 * ahead-of-time processing and another class loader call it.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@ComponentScan
@UseVirtualTime
public class WholeApplication {

    /** Starts the application; ahead-of-time processing does so too. */
    public static void main(String[] args) {
        start(args);
    }

    /** Starts the application, adds an item to each batcher, and tells a line for each: name, interval, what its handler saw. */
    public static String deliverOneItemEach(String[] args) {
        try (ConfigurableApplicationContext context = start(args)) {
            BatcherRegistry registry = context.getBean(BatcherRegistry.class);
            context.getBean(Sensors.class).addOneItemEach();
            boolean lazyOneExists = LazyScoped.made.get() > 0;
            context.getBean(VirtualTime.class).advance(Duration.ofSeconds(10));
            Map<String, List<String>> seen = context.getBean(Seen.class).seen;
            StringBuilder told = new StringBuilder(lazyOneExists ? "a lazy handler was made too early\n" : "");
            registry.managed()
                    .forEach(managed -> told.append(managed.name())
                            .append(" of ")
                            .append(managed.itemType().orElse("?").replaceAll("[a-z.]+\\.|WholeApplication\\$", ""))
                            .append(" after ")
                            .append(managed.config().orElseThrow().interval().toMillis())
                            .append(" ms: ")
                            .append(seen.get(managed.name()))
                            .append('\n'));
            return told.append(startedFromGeneratedCode(context) ? "from generated code" : "from configuration")
                    .toString();
        }
    }

    private static boolean startedFromGeneratedCode(ConfigurableApplicationContext context) {
        return !context.getBeanFactory()
                .containsBeanDefinition(
                        "org.springframework.context.annotation.internalConfigurationAnnotationProcessor");
    }

    private static ConfigurableApplicationContext start(String... args) {
        LazyScoped.made.set(0);
        SpringApplication application = new SpringApplication(WholeApplication.class);
        application.setMainApplicationClass(WholeApplication.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setDefaultProperties(Map.of(
                "spring.jmx.enabled", "true",
                "spring.main.banner-mode", "off",
                "management.endpoints.jmx.exposure.include", "batchers",
                "management.health.batchers.enabled", "true",
                "name.from.properties", "measures",
                "batcher.instances.archive.concurrency", "2",
                "batcher.instances.archive.batch-per-key", "true"));
        return application.run(args);
    }

    @Bean
    static CustomScopeConfigurer threadScope() {
        CustomScopeConfigurer scopes = new CustomScopeConfigurer();
        scopes.addScope("thread", new SimpleThreadScope());
        return scopes;
    }

    @Bean
    Declared<Long> declared(Seen seen) {
        return new Declared<>(seen);
    }

    record Reading(String sensor) {}

    record Payment(String account) {}

    /** Not even visible in its package. */
    private record Secret(String text) {}

    /** What the handlers saw, by batcher. */
    @Component
    static class Seen {

        final Map<String, List<String>> seen = new TreeMap<>();

        void batch(String batcher, Collection<?> batch, String... more) {
            seen.put(
                    batcher,
                    java.util.stream.Stream.concat(batch.stream().map(Object::toString), List.of(more).stream())
                            .toList());
        }
    }

    /** Has each batcher injected by generic type; those of the same type by qualifier and by name. */
    @Service
    static class Sensors {

        private final Runnable adds;

        Sensors(
                @Qualifier("readings") Batcher<Reading> current,
                Batcher<Reading> archiveBatcher,
                Batcher<Payment> payments,
                Batcher<Map<String, List<Reading>>> audit,
                Batcher<Integer> measures,
                Batcher<Long> declared,
                Batcher<String> scoped,
                SelfHandled self) {
            adds = () -> {
                current.add(new Reading("current"));
                archiveBatcher.add(new Reading("archived"));
                payments.add(new Payment("paid"));
                audit.add(Map.of("audited", List.of(new Reading("a"))));
                measures.add(1);
                declared.add(2L);
                scoped.add("scoped");
                self.addOne();
            };
        }

        void addOneItemEach() {
            adds.run();
        }
    }

    @Component
    static class Stores {

        private final Seen seen;

        Stores(Seen seen) {
            this.seen = seen;
        }

        @BatchHandler("readings")
        void store(List<Reading> batch) {
            seen.batch("readings", batch);
        }

        @BatchHandler("archive")
        void archive(Batch<Reading> batch) {
            seen.batch("archive", batch, "of key " + batch.key().orElse("none"));
        }

        @BatchKey("archive")
        String sensor(Reading reading) {
            return reading.sensor();
        }
    }

    @Component
    static class Ledger {

        private final Seen seen;

        Ledger(Seen seen) {
            this.seen = seen;
        }

        @Transactional
        @BatchHandler("payments")
        void book(Collection<? extends Payment> batch) {
            boolean inTransaction = TransactionSynchronizationManager.isActualTransactionActive();
            seen.batch("payments", batch, inTransaction ? "in a transaction" : "without a transaction");
        }
    }

    @Configuration
    static class Audit {

        private final Seen seen;

        Audit(Seen seen) {
            this.seen = seen;
        }

        @Bean
        StringBuilder once() {
            return new StringBuilder();
        }

        @BatchHandler("audit")
        void audit(List<Map<String, List<Reading>>> batch) {
            seen.batch("audit", batch, once() == once() ? "in a full configuration" : "in a lite configuration");
        }
    }

    abstract static class Base<T> {

        private final Seen seen;

        Base(Seen seen) {
            this.seen = seen;
        }

        @BatchHandler("${name.from.properties}")
        public void handle(List<T> batch) {
            seen.batch("measures", batch, "inherited by " + getClass().getSimpleName());
        }
    }

    @Component
    static class Measures extends Base<Integer> {

        Measures(Seen seen) {
            super(seen);
        }
    }

    static class Declared<T> {

        private final Seen seen;

        Declared(Seen seen) {
            this.seen = seen;
        }

        @BatchHandler("declared")
        void handle(List<T> batch) {
            seen.batch("declared", batch);
        }
    }

    @Component
    @Lazy
    @Scope(scopeName = "thread", proxyMode = ScopedProxyMode.TARGET_CLASS)
    static class LazyScoped {

        static final AtomicInteger made = new AtomicInteger();

        private final Seen seen;

        LazyScoped(Seen seen) {
            this.seen = seen;
            if (!AopUtils.isAopProxy(this) && getClass() == LazyScoped.class) {
                made.incrementAndGet();
            }
        }

        @BatchHandler("scoped")
        void handle(List<String> batch) {
            seen.batch("scoped", batch);
        }
    }

    @Service
    static class SelfHandled {

        private final Batcher<Secret> batcher;
        private final Seen seen;

        SelfHandled(Batcher<Secret> batcher, Seen seen) {
            this.batcher = batcher;
            this.seen = seen;
        }

        void addOne() {
            batcher.add(new Secret("kept"));
        }

        @BatchHandler("secrets")
        void keep(List<Secret> batch) {
            seen.batch("secrets", batch);
        }
    }
}
