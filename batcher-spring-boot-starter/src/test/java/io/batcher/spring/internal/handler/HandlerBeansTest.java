/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.handler;

import static io.batcher.spring.fixtures.Contexts.add;
import static io.batcher.spring.fixtures.Contexts.advance;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.DeadLetter;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.DeadLetterHandler;
import io.batcher.spring.fixtures.Contexts;
import io.batcher.spring.internal.runtime.BatcherLifecycle;
import io.batcher.testing.VirtualTime;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.support.SimpleThreadScope;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** S3: which beans may have annotated methods. */
class HandlerBeansTest {

    private final ApplicationContextRunner contexts = Contexts.inVirtualTime();

    @Test
    void aServiceMayInjectTheBatcherThatItHandles() {
        contexts.withUserConfiguration(SelfUser.class).run(context -> {
            context.getBean(SelfUser.class).batcher.add("a");
            advance(context);
            assertThat(context.getBean(SelfUser.class).items).containsExactly("a");
        });
    }

    @Test
    void itemsThatAreAddedDuringTheStartWaitForTheHandler() {
        contexts.withUserConfiguration(EarlyUser.class).run(context -> {
            assertThat(context.getBean(EarlyUser.class).items).isEmpty();
            advance(context);
            assertThat(context.getBean(EarlyUser.class).items).containsExactly("early");
        });
    }

    @Test
    @Tag("tests-with-org.springframework.transaction")
    void aTransactionalHandlerRunsInItsTransaction() {
        contexts.withConfiguration(AutoConfigurations.of(
                        AopAutoConfiguration.class,
                        DataSourceAutoConfiguration.class,
                        DataSourceTransactionManagerAutoConfiguration.class,
                        TransactionAutoConfiguration.class))
                .withUserConfiguration(InTransaction.class)
                .run(context -> {
                    assertThat(org.springframework.aop.support.AopUtils.isCglibProxy(
                                    context.getBean(InTransaction.class)))
                            .isTrue();
                    add(context, "transactional", "a");
                    advance(context);
                    assertThat(context.getBean(InTransaction.class).seen()).containsExactly("[a] in transaction true");
                });
    }

    @Test
    void aLazyHandlerIsCreatedForTheFirstBatch() {
        contexts.withUserConfiguration(LazyHandler.class).run(context -> {
            DefaultListableBeanFactory beans = (DefaultListableBeanFactory) context.getBeanFactory();
            String beanName = beans.getBeanNamesForType(LazyHandler.class)[0];
            add(context, "lazy", "a");
            assertThat(beans.containsSingleton(beanName)).isFalse();
            advance(context);
            assertThat(beans.containsSingleton(beanName)).isTrue();
            assertThat(context.getBean(LazyHandler.class).items).containsExactly("a");
        });
    }

    @Test
    void aLazyBeanThatCannotBeCreatedFailsTheBatchAndLeavesTheBatcherAsItIs() {
        FailsAtFirst.created = 0;
        contexts.withUserConfiguration(FailsAtFirst.class).run(context -> {
            Batcher<String> batcher = context.getBean(BatcherRegistry.class).get("fails", String.class);
            batcher.add("a");
            advance(context);
            assertThat(batcher.stats().failedAttempts()).isEqualTo(1);
            assertThat(context.getBean(BatcherRegistry.class).get("fails")).isSameAs(batcher);
            advance(context);
            assertThat(batcher.stats().handled()).isEqualTo(1);
            assertThat(context.getBean(FailsAtFirst.class).items).containsExactly("a");
            batcher.add("b");
            context.close();
            assertThat(batcher.stats().handled()).isEqualTo(2);
        });
    }

    @Test
    void aLazyBeanForDeadLettersThatCannotBeCreatedLeavesTheBatcherAsItIs() {
        DeadFailsAtFirst.created = 0;
        contexts.withUserConfiguration(DeadFailsAtFirst.class, AlwaysFails.class)
                .withPropertyValues("batcher.instances.fails.retry.max-attempts=1")
                .run(context -> {
                    Batcher<String> batcher =
                            context.getBean(BatcherRegistry.class).get("fails", String.class);
                    batcher.add("a");
                    advance(context);
                    assertThat(batcher.stats().depth()).isEqualTo(1);
                    assertThat(context.getBean(BatcherRegistry.class).get("fails"))
                            .isSameAs(batcher);
                    advance(context);
                    assertThat(batcher.stats().deadLettered()).isEqualTo(1);
                });
    }

    @Test
    void aLazyBeanThatExistsOutlivesTheBatcherAlsoIfItWasNotCalledBefore() {
        LazyDead.letters.clear();
        contexts.withUserConfiguration(LazyDead.class, AlwaysFails.class, AddsAtItsEnd.class)
                .run(context -> {
                    context.getBean(LazyDead.class);
                    context.close();
                    assertThat(LazyDead.letters).containsExactly("[late] before the end");
                });
    }

    @Test
    void everythingWorksWhenTheWholeApplicationIsLazy() {
        contexts.withInitializer(context -> context.addBeanFactoryPostProcessor(
                        new org.springframework.boot.LazyInitializationBeanFactoryPostProcessor()))
                .withUserConfiguration(SelfUser.class)
                .run(context -> {
                    DefaultListableBeanFactory beans = (DefaultListableBeanFactory) context.getBeanFactory();
                    assertThat(beans.containsSingleton("selfBatcher")).isTrue();
                    assertThat(beans.containsSingleton(beans.getBeanNamesForType(SelfUser.class)[0]))
                            .isFalse();
                    add(context, "self", "a");
                    advance(context);
                    assertThat(context.getBean(SelfUser.class).items).containsExactly("a");
                    assertThat(context.getBean(BatcherLifecycle.class).isRunning())
                            .isTrue();
                });
    }

    @Test
    void aScopedHandlerIsCalledThroughItsProxy() {
        contexts.withInitializer(context -> context.getBeanFactory().registerScope("thread", new SimpleThreadScope()))
                .withUserConfiguration(Scoped.class)
                .run(context -> {
                    add(context, "scoped", "a");
                    advance(context);
                    assertThat(Scoped.seen).containsExactly("a");
                });
    }

    @Test
    void aPrototypeHandlerIsMadeForEachBatch() {
        contexts.withUserConfiguration(Prototype.class).run(context -> {
            add(context, "prototype", "a");
            advance(context);
            add(context, "prototype", "b");
            advance(context);
            assertThat(Prototype.seen).containsExactly("1: [a]", "2: [b]");
        });
    }

    @Test
    void aConfigurationClassMayHaveHandlers() {
        contexts.withUserConfiguration(HandlingConfiguration.class).run(context -> {
            add(context, "configured", "a");
            advance(context);
            assertThat(context.getBean(HandlingConfiguration.class).items()).containsExactly("a");
        });
    }

    static class SelfUser {

        final List<String> items = new ArrayList<>();
        final Batcher<String> batcher;

        SelfUser(Batcher<String> batcher) {
            this.batcher = batcher;
        }

        @BatchHandler("self")
        void handle(List<String> batch) {
            items.addAll(batch);
        }
    }

    static class EarlyUser extends SelfUser {

        EarlyUser(Batcher<String> batcher, VirtualTime time) {
            super(batcher);
            batcher.add("early");
            time.advance(Duration.ofHours(1));
        }

        @PostConstruct
        void nothingYet() {
            assertThat(items).isEmpty();
        }
    }

    public static class InTransaction {

        private final List<String> seen = new ArrayList<>();

        @Transactional
        @BatchHandler("transactional")
        public void handle(List<String> batch) {
            seen.add(batch + " in transaction " + TransactionSynchronizationManager.isActualTransactionActive());
        }

        public List<String> seen() {
            return seen;
        }
    }

    @Lazy
    static class LazyHandler {

        final List<String> items = new ArrayList<>();

        @BatchHandler("lazy")
        void handle(List<String> batch) {
            items.addAll(batch);
        }
    }

    @Lazy
    static class FailsAtFirst {

        static int created;

        final List<String> items = new ArrayList<>();

        FailsAtFirst() {
            if (created++ == 0) {
                throw new IllegalStateException("not yet");
            }
        }

        @BatchHandler("fails")
        void handle(List<String> batch) {
            items.addAll(batch);
        }
    }

    static class AlwaysFails {

        @BatchHandler("fails")
        void handle(List<String> batch) {
            throw new IllegalStateException("always");
        }
    }

    static class AddsAtItsEnd {

        private final Batcher<String> batcher;

        AddsAtItsEnd(Batcher<String> batcher) {
            this.batcher = batcher;
        }

        @PreDestroy
        void end() {
            batcher.add("late");
        }
    }

    @Lazy
    static class LazyDead {

        static final List<String> letters = new ArrayList<>();

        private boolean ended;

        @DeadLetterHandler("fails")
        void dead(DeadLetter<String> letter) {
            letters.add(letter.items() + (ended ? " after the end" : " before the end"));
        }

        @PreDestroy
        void end() {
            ended = true;
        }
    }

    @Lazy
    static class DeadFailsAtFirst {

        static int created;

        DeadFailsAtFirst() {
            if (created++ < 2) {
                throw new IllegalStateException("not yet");
            }
        }

        @DeadLetterHandler("fails")
        void dead(DeadLetter<String> letter) {}
    }

    @Scope(scopeName = "thread", proxyMode = ScopedProxyMode.TARGET_CLASS)
    public static class Scoped {

        static final List<String> seen = new ArrayList<>();

        @BatchHandler("scoped")
        public void handle(List<String> batch) {
            seen.addAll(batch);
        }
    }

    @Scope("prototype")
    static class Prototype {

        static final List<String> seen = new ArrayList<>();
        static int made;

        final int number = ++made;

        @BatchHandler("prototype")
        void handle(List<String> batch) {
            seen.add(number + ": " + batch);
        }
    }

    @Configuration
    static class HandlingConfiguration {

        @Bean
        List<String> items() {
            return new ArrayList<>();
        }

        @BatchHandler("configured")
        void handle(List<String> batch) {
            items().addAll(batch);
        }
    }
}
