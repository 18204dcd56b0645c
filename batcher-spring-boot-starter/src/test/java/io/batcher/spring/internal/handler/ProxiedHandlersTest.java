/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.handler;

import static io.batcher.spring.autoconfigure.StartFailures.assertFailure;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.BatchFailure;
import io.batcher.DeadLetter;
import io.batcher.spring.BatchErrorHandler;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.DeadLetterHandler;
import io.batcher.spring.fixtures.Contexts;
import io.batcher.spring.samples.PackagePrivateHandler;
import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.aopalliance.intercept.Joinpoint;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.framework.autoproxy.BeanNameAutoProxyCreator;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.support.SimpleThreadScope;

/** S1: a handler method that the proxy of its bean cannot override fails startup. */
class ProxiedHandlersTest {

    private static final String TEST = ProxiedHandlersTest.class.getName();
    private static final String FINAL = " The method is final, so a call would run on the proxy itself, without the"
            + " fields and the advice of the bean.";
    private static final String NOT_FINAL =
            "Remove \"final\" from the method (in Kotlin, declare it open), or do not let"
                    + " Spring proxy the class of the bean.";

    private final ApplicationContextRunner contexts = Contexts.inVirtualTime();
    private final ApplicationContextRunner proxying = contexts.withUserConfiguration(ClassProxies.class);

    @Test
    void aFinalHandler() {
        assertFailure(
                proxying.withBean("proxied", FinalHandler.class),
                hidden("@BatchHandler(\"final\")", "FinalHandler.handle") + FINAL,
                NOT_FINAL);
    }

    @Test
    void aFinalErrorHandler() {
        assertFailure(
                proxying.withBean("proxied", FinalErrorHandler.class),
                hidden("@BatchErrorHandler(\"final\")", "FinalErrorHandler.failed") + FINAL,
                NOT_FINAL);
    }

    @Test
    void aFinalDeadLetterHandler() {
        assertFailure(
                proxying.withBean("proxied", FinalDeadLetterHandler.class),
                hidden("@DeadLetterHandler(\"final\")", "FinalDeadLetterHandler.dead") + FINAL,
                NOT_FINAL);
    }

    @Test
    void aFinalHandlerThatIsInherited() {
        assertFailure(
                proxying.withBean("proxied", InheritsFinal.class),
                hidden("@BatchHandler(\"final\")", "InheritsFinal.handle") + FINAL,
                NOT_FINAL);
    }

    @Test
    void aFinalHandlerOfAnInterface() {
        assertFailure(
                proxying.withBean("proxied", FinalPort.class),
                hidden("@BatchHandler(\"final\")", "FinalPort.handle") + FINAL,
                NOT_FINAL);
    }

    @Test
    void aHandlerOfAnInterfaceThatTheBeanMakesFinal() {
        assertFailure(
                proxying.withUserConfiguration(FinalBehindAnnotatedPort.class),
                hidden("@BatchHandler(\"final\")", "AnnotatedPort.handle") + FINAL,
                NOT_FINAL);
    }

    @Test
    void aHandlerThatIsPackagePrivateElsewhere() {
        assertFailure(
                proxying.withBean("proxied", InheritsPackagePrivate.class),
                hidden("@BatchHandler(\"package-private\")", "InheritsPackagePrivate.handle")
                        + " The method is package-private in another package or class loader than the proxy, so a call"
                        + " would run on the proxy itself, without the fields and the advice of the bean.",
                "Make the method protected or public, or do not let Spring proxy the class of the bean.");
    }

    @Test
    void aFinalHandlerBehindTwoProxies() {
        assertFailure(
                contexts.withUserConfiguration(TwoProxies.class),
                hidden("@BatchHandler(\"final\")", "FinalPort.handle") + FINAL,
                NOT_FINAL);
    }

    @Test
    void aFinalHandlerOfAScopedBean() {
        assertFailure(
                contexts.withInitializer(
                                context -> context.getBeanFactory().registerScope("thread", new SimpleThreadScope()))
                        .withUserConfiguration(Scoped.class),
                hidden("@BatchHandler(\"final\")", "FinalHandler.handle") + FINAL,
                NOT_FINAL);
    }

    @Test
    void aFinalHandlerOfALazyBean() {
        assertFailure(
                proxying.withUserConfiguration(LazyBean.class),
                hidden("@BatchHandler(\"final\")", "FinalHandler.handle") + FINAL,
                NOT_FINAL);
    }

    @Test
    void aFinalHandlerOfAPrototype() {
        assertFailure(
                proxying.withUserConfiguration(Prototype.class),
                hidden("@BatchHandler(\"final\")", "FinalHandler.handle") + FINAL,
                NOT_FINAL);
    }

    @Test
    void aFinalHandlerOfTheProductOfAFactoryBean() {
        assertFailure(
                proxying.withBean("proxied", Factory.class),
                hidden("@BatchHandler(\"final\")", "FinalHandler.handle") + FINAL,
                NOT_FINAL);
    }

    @Test
    void aFinalHandlerOfABeanWithoutAProxy() {
        contexts.withBean(FinalHandler.class).run(ProxiedHandlersTest::delivers);
    }

    @Test
    void aFinalHandlerOfAConfigurationClass() {
        contexts.withUserConfiguration(FinalConfiguration.class).run(ProxiedHandlersTest::delivers);
    }

    @Test
    void aFinalHandlerBehindAnInterface() {
        contexts.withUserConfiguration(InterfaceProxy.class).run(ProxiedHandlersTest::delivers);
    }

    @Test
    void aStaticHandlerOfAProxiedBean() {
        StaticHandler.seen.clear();
        proxying.withBean("proxied", StaticHandler.class).run(context -> {
            deliver(context);
            assertThat(StaticHandler.seen).containsExactly("a");
        });
    }

    @Test
    void aProtectedHandlerOfAProxiedBean() {
        proxying.withBean("proxied", ProtectedHandler.class).run(ProxiedHandlersTest::delivers);
    }

    @Test
    void anInheritedGenericHandlerOfAProxiedBean() {
        proxying.withBean("proxied", ReadingStore.class).run(context -> {
            deliver(context);
            assertThat(context.getBean(ReadingStore.class).seen()).containsExactly("a");
        });
    }

    private static String hidden(String annotation, String method) {
        String batcher = annotation.substring(annotation.indexOf('"'), annotation.length() - 1);
        return "The handler of batcher " + batcher + " cannot be called: " + annotation + " on " + TEST + "$" + method
                + " of bean 'proxied' is hidden by a proxy.";
    }

    private static void delivers(AssertableApplicationContext context) {
        deliver(context);
        assertThat(context.getBean(Seen.class).seen()).containsExactly("a");
    }

    private static void deliver(AssertableApplicationContext context) {
        context.getBean(BatcherRegistry.class).get("final", String.class).add("a");
        context.getBean(VirtualTime.class).advance(Duration.ofMillis(500));
    }

    interface Seen {
        List<String> seen();
    }

    static class Handles implements Seen {

        final List<String> seen = new ArrayList<>();

        @Override
        public List<String> seen() {
            return seen;
        }
    }

    /** Public for a scoped proxy, which may be in another class loader. */
    public static class FinalHandler extends Handles {

        @BatchHandler("final")
        final void handle(List<String> batch) {
            seen.addAll(batch);
        }
    }

    static class InheritsFinal extends FinalHandler {}

    static class FinalErrorHandler {

        @BatchHandler("final")
        void handle(List<String> batch) {}

        @BatchErrorHandler("final")
        protected final void failed(BatchFailure<String> failure) {}
    }

    static class FinalDeadLetterHandler {

        @BatchHandler("final")
        void handle(List<String> batch) {}

        @DeadLetterHandler("final")
        public final void dead(DeadLetter<String> letter) {}
    }

    interface Port extends Seen {
        void handle(List<String> batch);
    }

    static class FinalPort extends Handles implements Port {

        @Override
        @BatchHandler("final")
        public final void handle(List<String> batch) {
            seen.addAll(batch);
        }
    }

    interface AnnotatedPort {
        @BatchHandler("final")
        void handle(List<String> batch);
    }

    static class FinalAnnotatedPort implements AnnotatedPort {

        @Override
        public final void handle(List<String> batch) {}
    }

    @Configuration(proxyBeanMethods = false)
    static class FinalBehindAnnotatedPort {

        @Bean
        AnnotatedPort proxied() {
            return new FinalAnnotatedPort();
        }
    }

    static class InheritsPackagePrivate extends PackagePrivateHandler {}

    static class StaticHandler {

        static final List<String> seen = new ArrayList<>();

        @BatchHandler("final")
        static final void handle(List<String> batch) {
            seen.addAll(batch);
        }
    }

    static class ProtectedHandler extends Handles {

        @BatchHandler("final")
        protected void handle(List<String> batch) {
            seen.addAll(batch);
        }
    }

    abstract static class Store<T> {

        private final List<T> items = new ArrayList<>();

        @BatchHandler("final")
        void handle(List<? extends T> batch) {
            items.addAll(batch);
        }

        List<T> seen() {
            return items;
        }
    }

    static class ReadingStore extends Store<String> {}

    static class Factory implements FactoryBean<FinalHandler> {

        @Override
        public FinalHandler getObject() {
            return new FinalHandler();
        }

        @Override
        public Class<?> getObjectType() {
            return FinalHandler.class;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ClassProxies {

        @Bean
        static BeanNameAutoProxyCreator proxies() {
            return creator(true);
        }

        @Bean
        static MethodInterceptor interceptor() {
            return Joinpoint::proceed;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class InterfaceProxy {

        @Bean
        static BeanNameAutoProxyCreator proxies() {
            return creator(false);
        }

        @Bean
        static MethodInterceptor interceptor() {
            return Joinpoint::proceed;
        }

        @Bean
        FinalPort proxied() {
            return new FinalPort();
        }
    }

    private static BeanNameAutoProxyCreator creator(boolean ofClass) {
        BeanNameAutoProxyCreator creator = new BeanNameAutoProxyCreator();
        creator.setBeanNames("proxied");
        creator.setProxyTargetClass(ofClass);
        creator.setInterceptorNames("interceptor");
        return creator;
    }

    @Configuration(proxyBeanMethods = false)
    @Import(InterfaceProxy.class)
    static class TwoProxies {

        @Bean
        static BeanPostProcessor inner() {
            return new BeanPostProcessor() {
                @Override
                public Object postProcessBeforeInitialization(Object bean, String beanName) {
                    if (!(bean instanceof FinalPort)) {
                        return bean;
                    }
                    ProxyFactory factory = new ProxyFactory(bean);
                    factory.setProxyTargetClass(true);
                    return factory.getProxy();
                }
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Scoped {

        @Bean
        @Scope(scopeName = "thread", proxyMode = ScopedProxyMode.TARGET_CLASS)
        FinalHandler proxied() {
            return new FinalHandler();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class LazyBean {

        @Bean
        @Lazy
        FinalHandler proxied() {
            return new FinalHandler();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Prototype {

        @Bean
        @Scope("prototype")
        FinalHandler proxied() {
            return new FinalHandler();
        }
    }

    @Configuration
    static class FinalConfiguration implements Seen {

        @Bean
        List<String> items() {
            return new ArrayList<>();
        }

        @Override
        public List<String> seen() {
            return items();
        }

        @BatchHandler("final")
        final void handle(List<String> batch) {
            items().addAll(batch);
        }
    }
}
