/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.BatchFailure;
import io.batcher.DeadLetter;
import io.batcher.spring.BatchErrorHandler;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.DeadLetterHandler;
import io.batcher.spring.autoconfigure.StartFailures;
import io.batcher.spring.fixtures.Contexts;
import io.batcher.testing.VirtualTime;
import jakarta.ejb.Asynchronous;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.aopalliance.intercept.Joinpoint;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.interceptor.AsyncExecutionInterceptor;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.AdviceMode;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.support.SimpleThreadScope;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;

/** S1: a handler method that a proxy calls on another thread fails startup. */
class AsyncAdviceTest {

    private static final String TEST = AsyncAdviceTest.class.getName();
    private static final String BY_ANNOTATION =
            "org.springframework.scheduling.annotation.AnnotationAsyncExecutionInterceptor";

    private final ApplicationContextRunner contexts = Contexts.inVirtualTime();
    private final ApplicationContextRunner async = contexts.withUserConfiguration(EnabledAsync.class);

    @Test
    void aSubclassThatIsAsyncAsAWhole() {
        assertRefused(async.withBean("handler", AsyncSubclass.class), "@BatchHandler", "AsyncSubclass.handle");
    }

    @Test
    void anInterfaceThatIsAsync() {
        assertRefused(async.withBean("handler", OfAsyncPort.class), "@BatchHandler", "OfAsyncPort.handle");
    }

    @Test
    void aComposedAnnotation() {
        assertRefused(async.withBean("handler", ComposedSubclass.class), "@BatchHandler", "ComposedSubclass.handle");
    }

    @Test
    void anAnnotationOfTheApplication() {
        assertRefused(
                contexts.withUserConfiguration(EnabledBackground.class).withBean("handler", InBackground.class),
                "@BatchHandler",
                "InBackground.handle");
    }

    @Test
    void theAnnotationOfJakarta() {
        assertRefused(async.withBean("handler", OfJakarta.class), "@BatchHandler", "OfJakarta.handle");
    }

    @Test
    void anErrorHandler() {
        assertRefused(async.withBean("handler", AsyncError.class), "@BatchErrorHandler", "AsyncError.failed");
    }

    @Test
    void aDeadLetterHandler() {
        assertRefused(async.withBean("handler", AsyncDead.class), "@DeadLetterHandler", "AsyncDead.dead");
    }

    @Test
    void aHandlerThatReturnsAStage() {
        assertRefused(async.withBean("handler", AsyncStage.class), "@BatchHandler", "AsyncStage.handle");
    }

    @Test
    void aLazyBean() {
        assertRefused(async.withUserConfiguration(LazyBean.class), "@BatchHandler", "AsyncSubclass.handle");
    }

    @Test
    void aPrototype() {
        assertRefused(async.withUserConfiguration(Prototype.class), "@BatchHandler", "AsyncSubclass.handle");
    }

    @Test
    void theTargetOfAScopedProxy() {
        assertRefused(
                async.withInitializer(
                                context -> context.getBeanFactory().registerScope("thread", new SimpleThreadScope()))
                        .withUserConfiguration(Scoped.class),
                "@BatchHandler",
                "AsyncSubclass.handle");
    }

    @Test
    void aBeanOfAChildContext() {
        contexts.run(parent -> assertRefused(
                async.withParent(parent).withBean("handler", AsyncSubclass.class),
                "@BatchHandler",
                "AsyncSubclass.handle"));
    }

    @Test
    void adviceThatTheApplicationAddsInCode() {
        assertRefused(
                contexts.withUserConfiguration(InCode.class),
                "@BatchHandler",
                "Handler.handle",
                AsyncExecutionInterceptor.class.getName());
    }

    @Test
    void adviceOfTheInnerOfTwoProxies() {
        assertRefused(
                contexts.withUserConfiguration(Nested.class),
                "@BatchHandler",
                "Handler.handle",
                AsyncExecutionInterceptor.class.getName());
    }

    @Test
    void adviceThatComesWithALazyBeanFailsTheBatch() {
        assertThatTheBatchFails(contexts.withUserConfiguration(LazyInCode.class));
    }

    @Test
    void adviceThatComesWithAScopedBeanFailsTheBatch() {
        assertThatTheBatchFails(contexts.withInitializer(
                        context -> context.getBeanFactory().registerScope("thread", new SimpleThreadScope()))
                .withUserConfiguration(ScopedInCode.class));
    }

    private static void assertThatTheBatchFails(ApplicationContextRunner contexts) {
        contexts.run(context -> {
            assertThat(context).hasNotFailed();
            var batcher = context.getBean(BatcherRegistry.class).get("async", String.class);
            batcher.add("a");
            context.getBean(VirtualTime.class).advance(Duration.ofMillis(500));
            assertThat(batcher.stats().depth()).isEqualTo(1);
            assertThat(batcher.stats().failedAttempts()).isEqualTo(1);
            assertThat(Recording.seen).isEmpty();
        });
    }

    @Test
    void anotherMethodOfTheBeanMayBeAsync() {
        async.withBean(AsyncBeside.class).run(context -> {
            context.getBean(BatcherRegistry.class).get("async", String.class).add("a");
            context.getBean(VirtualTime.class).advance(Duration.ofMillis(500));
            assertThat(context.getBean(AsyncBeside.class).seen()).containsExactly("a");
        });
    }

    private static void assertRefused(ApplicationContextRunner contexts, String annotation, String method) {
        assertRefused(contexts, annotation, method, BY_ANNOTATION);
    }

    private static void assertRefused(
            ApplicationContextRunner contexts, String annotation, String method, String interceptor) {
        contexts.run(context -> {
            assertThat(context).hasFailed();
            FailureAnalysis failure = StartFailures.analyze(context.getStartupFailure());
            assertThat(failure).isNotNull();
            assertThat(failure.getDescription())
                    .isEqualTo("The handler of batcher \"async\" would be called asynchronously: " + annotation
                            + "(\"async\") on " + TEST + "$" + method + " of bean 'handler' is advised by "
                            + interceptor + ", which moves the call to another thread. A batch would count as"
                            + " handled before the method has run.");
            assertThat(failure.getAction())
                    .isEqualTo(
                            "Remove @Async, or a similar annotation or advice, from the method or its class. The method"
                                    + " already runs on a thread of the batcher. To complete a batch later, return a"
                                    + " CompletionStage or a reactive type.");
        });
    }

    @Retention(RetentionPolicy.RUNTIME)
    @interface Background {}

    @Retention(RetentionPolicy.RUNTIME)
    @Async
    @interface Nightly {}

    /** Public for a scoped proxy, which may be in another class loader. */
    public static class Handler {

        final List<String> seen = new ArrayList<>();

        @BatchHandler("async")
        public void handle(List<String> batch) {
            seen.addAll(batch);
        }

        List<String> seen() {
            return seen;
        }
    }

    @Async
    public static class AsyncSubclass extends Handler {}

    @Async
    interface AsyncPort {}

    static class OfAsyncPort extends Handler implements AsyncPort {}

    @Nightly
    static class ComposedSubclass extends Handler {}

    static class InBackground {

        @Background
        @BatchHandler("async")
        void handle(List<String> batch) {}
    }

    static class OfJakarta {

        @Asynchronous
        @BatchHandler("async")
        void handle(List<String> batch) {}
    }

    static class AsyncError extends Handler {

        @Asynchronous
        @BatchErrorHandler("async")
        void failed(BatchFailure<String> failure) {}
    }

    static class AsyncDead extends Handler {

        @Asynchronous
        @DeadLetterHandler("async")
        void dead(DeadLetter<String> letter) {}
    }

    static class AsyncStage {

        @Async
        @BatchHandler("async")
        CompletableFuture<Void> handle(List<String> batch) {
            return CompletableFuture.completedFuture(null);
        }
    }

    static class AsyncBeside extends Handler {

        @Async
        void other() {}
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAsync(proxyTargetClass = true, mode = AdviceMode.PROXY)
    static class EnabledAsync {}

    @Configuration(proxyBeanMethods = false)
    @EnableAsync(proxyTargetClass = true, annotation = Background.class)
    static class EnabledBackground {}

    @Configuration(proxyBeanMethods = false)
    static class LazyBean {

        @Bean
        @Lazy
        AsyncSubclass handler() {
            return new AsyncSubclass();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Prototype {

        @Bean
        @Scope("prototype")
        AsyncSubclass handler() {
            return new AsyncSubclass();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Scoped {

        @Bean
        @Scope(scopeName = "thread", proxyMode = ScopedProxyMode.TARGET_CLASS)
        AsyncSubclass handler() {
            return new AsyncSubclass();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class InCode {

        @Bean
        Handler handler() {
            return (Handler) proxy(new Handler());
        }
    }

    static class Recording extends Handler {

        static final List<String> seen = new ArrayList<>();

        @Override
        public void handle(List<String> batch) {
            seen.addAll(batch);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class LazyInCode {

        @Bean
        @Lazy
        Handler handler() {
            return (Handler) proxy(new Recording());
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ScopedInCode {

        @Bean
        @Scope(scopeName = "thread", proxyMode = ScopedProxyMode.TARGET_CLASS)
        Handler handler() {
            return (Handler) proxy(new Recording());
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Nested {

        @Bean
        Handler handler() {
            ProxyFactory outer = new ProxyFactory(proxy(new Handler()));
            outer.setProxyTargetClass(true);
            outer.addAdvice((MethodInterceptor) Joinpoint::proceed);
            return (Handler) outer.getProxy();
        }
    }

    private static Object proxy(Object target) {
        ProxyFactory factory = new ProxyFactory(target);
        factory.setProxyTargetClass(true);
        factory.addAdvice(new AsyncExecutionInterceptor(new SimpleAsyncTaskExecutor()));
        return factory.getProxy();
    }
}
