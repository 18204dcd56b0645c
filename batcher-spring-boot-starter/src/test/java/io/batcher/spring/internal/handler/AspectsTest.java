/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.DeadLetterHandler;
import io.batcher.spring.ManagedBatcher;
import io.batcher.spring.fixtures.Contexts;
import io.batcher.spring.testing.UseVirtualTime;
import io.batcher.testing.VirtualTime;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.aspectj.lang.ProceedingJoinPoint;
import org.aspectj.lang.annotation.Around;
import org.aspectj.lang.annotation.Aspect;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.TaskExecutor;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/** S4: aspects and post-processors of the application may match what they like. */
class AspectsTest {

    private static final ApplicationContextRunner CONTEXTS = Contexts.inRealTime()
            .withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class))
            .withPropertyValues(
                    "management.health.batchers.enabled=true", "management.endpoints.web.exposure.include=*");

    static Stream<Arguments> aspects() {
        List<Class<?>> all = List.of(
                AroundExecutors.class,
                AroundSchedulers.class,
                AroundAdd.class,
                AroundBatchersByName.class,
                AroundBatchersByTarget.class,
                AroundTheStarter.class,
                AroundTheEngine.class);
        return all.stream().flatMap(aspect -> Stream.of(Arguments.of(aspect, true), Arguments.of(aspect, false)));
    }

    private static ApplicationContextRunner with(Class<?> aspect, boolean proxyTargetClass) {
        return CONTEXTS.withUserConfiguration(aspect)
                .withPropertyValues("spring.aop.proxy-target-class=" + proxyTargetClass);
    }

    @ParameterizedTest
    @MethodSource("aspects")
    void anApplicationWithoutBatchersStarts(Class<?> aspect, boolean proxyTargetClass) {
        with(aspect, proxyTargetClass).run(context -> assertThat(context).hasNotFailed());
    }

    @ParameterizedTest
    @MethodSource("aspects")
    void anApplicationWithBatchersDelivers(Class<?> aspect, boolean proxyTargetClass) {
        with(aspect, proxyTargetClass)
                .withUserConfiguration(Readings.class, OwnBatcher.class, OwnThreads.class)
                .run(AspectsTest::deliver);
    }

    @ParameterizedTest
    @MethodSource("aspects")
    void aTestInVirtualTimeDelivers(Class<?> aspect, boolean proxyTargetClass) {
        with(aspect, proxyTargetClass)
                .withUserConfiguration(UseVirtualTime.VirtualTimeConfiguration.class, Readings.class)
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    Readings readings = context.getBean(Readings.class);
                    readings.batcher.add("a");
                    context.getBean(VirtualTime.class).advance(Duration.ofMillis(500));
                    assertThat(readings.items).containsExactly("a");
                });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theAspectRunsForTheStartersBatcherAndForTheApplicationsOwn(boolean proxyTargetClass) {
        with(AroundAdd.class, proxyTargetClass)
                .withUserConfiguration(Readings.class, OwnBatcher.class)
                .run(context -> {
                    Readings readings = context.getBean(Readings.class);
                    assertThat(AopUtils.isJdkDynamicProxy(readings.batcher)).isTrue();
                    readings.batcher.add("a");
                    ownBatcher(context).add("b");
                    assertThat(context.getBean(AroundAdd.class).calls).hasValue(2);
                });
    }

    @Test
    void aBatcherBehindSeveralProxiesIsStillKnown() {
        with(AroundAdd.class, true)
                .withUserConfiguration(Readings.class, SecondProxy.class)
                .run(context -> {
                    deliver(context);
                    assertThat(Proxy.isProxyClass(
                                    context.getBean("readingsBatcher").getClass()))
                            .isTrue();
                    ManagedBatcher managed = managed(context, "readings");
                    assertThat(managed.handler()).contains(Readings.class.getName() + ".handle");
                    assertThat(managed.config()).isPresent();
                    assertThat(managed.batcher().stats().handled()).isEqualTo(1);
                });
    }

    @ParameterizedTest
    @ValueSource(classes = {WrappedInLambda.class, WrappedInTaskExecutor.class})
    void aPostProcessorThatWrapsExecutorsFindsNoneOfTheStarters(Class<?> wrapping) {
        CONTEXTS.withUserConfiguration(Readings.class, wrapping).run(context -> {
            deliver(context);
            assertThat(context.getBean(Wrapped.class).names)
                    .doesNotContain("batcherTaskScheduler", "batcherTaskExecutor");
        });
    }

    private static void deliver(AssertableApplicationContext context) {
        assertThat(context).hasNotFailed();
        Readings readings = context.getBean(Readings.class);
        readings.batcher
                .submit("a")
                .orTimeout(10, java.util.concurrent.TimeUnit.SECONDS)
                .join();
        assertThat(readings.items).containsExactly("a");
        assertThat(managed(context, "readings").handler()).contains(Readings.class.getName() + ".handle");
    }

    private static ManagedBatcher managed(AssertableApplicationContext context, String name) {
        return context.getBean(BatcherRegistry.class).managed().stream()
                .filter(batcher -> batcher.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @SuppressWarnings("unchecked")
    private static Batcher<String> ownBatcher(AssertableApplicationContext context) {
        return (Batcher<String>) context.getBean("ownBatcher");
    }

    static class Readings {

        final List<String> items = new CopyOnWriteArrayList<>();
        final Batcher<String> batcher;

        Readings(@org.springframework.beans.factory.annotation.Qualifier("readings") Batcher<String> batcher) {
            this.batcher = batcher;
        }

        @BatchHandler("readings")
        void handle(List<String> batch) {
            items.addAll(batch);
        }

        @DeadLetterHandler("readings")
        void dead(io.batcher.DeadLetter<String> letter) {}
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnBatcher {

        @Bean
        Batcher<String> ownBatcher() {
            return Batcher.<String>builder("own").handler(batch -> {}).build();
        }
    }

    /** For aspects around schedulers to have something to match; the batchers take their timers from it. */
    @Configuration(proxyBeanMethods = false)
    static class OwnThreads {

        @Bean
        TaskScheduler batcherTaskScheduler() {
            return new ThreadPoolTaskScheduler();
        }
    }

    abstract static class Counting {

        final AtomicInteger calls = new AtomicInteger();

        Object count(ProceedingJoinPoint call) throws Throwable {
            calls.incrementAndGet();
            return call.proceed();
        }
    }

    @Aspect
    static class AroundExecutors extends Counting {

        @Around("execution(* java.util.concurrent.Executor.execute(..))")
        public Object around(ProceedingJoinPoint call) throws Throwable {
            return count(call);
        }
    }

    @Aspect
    static class AroundSchedulers extends Counting {

        @Around("execution(* org.springframework.scheduling.TaskScheduler.*(..))")
        public Object around(ProceedingJoinPoint call) throws Throwable {
            return count(call);
        }
    }

    @Aspect
    static class AroundAdd extends Counting {

        @Around("execution(* io.batcher.Batcher.add(..))")
        public Object around(ProceedingJoinPoint call) throws Throwable {
            return count(call);
        }
    }

    @Aspect
    static class AroundBatchersByName extends Counting {

        @Around("bean(*Batcher)")
        public Object around(ProceedingJoinPoint call) throws Throwable {
            return count(call);
        }
    }

    @Aspect
    static class AroundBatchersByTarget extends Counting {

        @Around("target(io.batcher.Batcher)")
        public Object around(ProceedingJoinPoint call) throws Throwable {
            return count(call);
        }
    }

    @Aspect
    static class AroundTheStarter extends Counting {

        @Around("bean(batch*) || bean(io.batcher*) || bean(batcher-*)")
        public Object around(ProceedingJoinPoint call) throws Throwable {
            return count(call);
        }
    }

    @Aspect
    static class AroundTheEngine extends Counting {

        @Around("within(io.batcher..*) && !within(io.batcher.spring.internal.handler.AspectsTest*)"
                + " && !within(io.batcher.spring.internal.handler.AspectsTest.*)")
        public Object around(ProceedingJoinPoint call) throws Throwable {
            return count(call);
        }
    }

    /** Hides a bean behind a proxy that tells nothing of its target. */
    @Configuration(proxyBeanMethods = false)
    static class SecondProxy {

        @Bean
        static BeanPostProcessor secondProxy() {
            return new BeanPostProcessor() {
                @Override
                public Object postProcessAfterInitialization(Object bean, String beanName) {
                    return !(bean instanceof Batcher<?>)
                            ? bean
                            : Proxy.newProxyInstance(
                                    getClass().getClassLoader(),
                                    new Class<?>[] {Batcher.class},
                                    (proxy, method, arguments) -> method.invoke(bean, arguments));
                }
            };
        }
    }

    /** The executors that were wrapped. */
    static class Wrapped {

        final List<String> names = new CopyOnWriteArrayList<>();
    }

    @Configuration(proxyBeanMethods = false)
    static class WrappedInLambda {

        @Bean
        static Wrapped wrapped() {
            return new Wrapped();
        }

        @Bean
        static BeanPostProcessor wrapping(Wrapped wrapped) {
            return wrapping(wrapped.names::add, executor -> executor::execute);
        }

        static BeanPostProcessor wrapping(
                Consumer<String> seen, java.util.function.Function<Executor, Executor> wrapper) {
            return new BeanPostProcessor() {
                @Override
                public Object postProcessAfterInitialization(Object bean, String beanName) {
                    if (bean instanceof Executor executor) {
                        seen.accept(beanName);
                        return wrapper.apply(executor);
                    }
                    return bean;
                }
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class WrappedInTaskExecutor {

        @Bean
        static Wrapped wrapped() {
            return new Wrapped();
        }

        @Bean
        static BeanPostProcessor wrapping(Wrapped wrapped) {
            return WrappedInLambda.wrapping(wrapped.names::add, executor -> (TaskExecutor) executor::execute);
        }
    }
}
