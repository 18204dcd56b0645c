/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.handler;

import static io.batcher.spring.autoconfigure.StartFailures.assertFailure;

import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatcherCustomizer;
import io.batcher.spring.fixtures.Contexts;
import io.batcher.spring.fixtures.Reading;
import java.util.List;
import org.aopalliance.intercept.Joinpoint;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;
import org.springframework.aop.framework.autoproxy.BeanNameAutoProxyCreator;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** S3: a handler that cannot be called fails startup with a description and an action. */
class HandlerFailureTest {

    private static final String TEST = HandlerFailureTest.class.getName();
    private static final String HANDLE =
            "@BatchHandler(\"readings\") on " + TEST + "$Readings.handle of bean 'handlerFailureTest.Readings'";

    private final ApplicationContextRunner contexts = Contexts.inVirtualTime();
    private final ApplicationContextRunner readings = contexts.withUserConfiguration(Readings.class);

    @Test
    void aHandlerThatItsDefinitionHides() {
        assertFailure(
                contexts.withUserConfiguration(BehindInterface.class),
                "The handler of batcher \"hidden\" is hidden: @BatchHandler(\"hidden\") on " + TEST
                        + "$HiddenHandler.handle of bean 'hidden' was found only when the bean was created, because its"
                        + " definition declares another type.",
                "Declare the class itself, " + TEST
                        + "$HiddenHandler, as the return type of the @Bean method, not an interface of it.");
    }

    @Test
    void aHandlerThatAJdkProxyHides() {
        assertFailure(
                contexts.withUserConfiguration(JdkProxy.class),
                "The handler of batcher \"proxied\" cannot be called: @BatchHandler(\"proxied\") on " + TEST
                        + "$ProxiedHandler.handle of bean 'proxied' is hidden by a proxy. Need to invoke method 'handle'"
                        + " declared on target class 'ProxiedHandler', but not found in any interface(s) of the exposed"
                        + " proxy type. Either pull the method up to an interface or switch to CGLIB proxies by"
                        + " enforcing proxy-target-class mode in your configuration.",
                "Let Spring proxy the class (spring.aop.proxy-target-class=true, which is the default), add the method to"
                        + " an interface of the bean, or make it public if it is private.");
    }

    @Test
    void aHandlerBesideOneThatACustomizerSets() {
        assertFailure(
                readings.withBean(BatcherCustomizer.class, () -> (name, builder) -> builder.handler(batch -> {})),
                "Batcher \"readings\" has two handlers: " + HANDLE + " and one that was set in code.",
                "Remove one of them; look for a BatcherCustomizer that sets a handler.");
    }

    static class Readings {

        @BatchHandler("readings")
        void handle(List<Reading> batch) {}
    }

    interface Port {}

    static class HiddenHandler implements Port {

        @BatchHandler("hidden")
        void handle(List<String> batch) {}
    }

    @Configuration(proxyBeanMethods = false)
    static class BehindInterface {

        @Bean
        Port hidden() {
            return new HiddenHandler();
        }
    }

    static class ProxiedHandler implements Runnable {

        @Override
        public void run() {}

        @BatchHandler("proxied")
        public void handle(List<String> batch) {}
    }

    @Configuration(proxyBeanMethods = false)
    static class JdkProxy {

        @Bean
        ProxiedHandler proxied() {
            return new ProxiedHandler();
        }

        @Bean
        static BeanNameAutoProxyCreator proxies() {
            BeanNameAutoProxyCreator creator = new BeanNameAutoProxyCreator();
            creator.setBeanNames("proxied");
            creator.setProxyTargetClass(false);
            creator.setInterceptorNames("interceptor");
            return creator;
        }

        @Bean
        static MethodInterceptor interceptor() {
            return Joinpoint::proceed;
        }
    }
}
