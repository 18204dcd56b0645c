/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.handler;

import static io.batcher.spring.autoconfigure.StartFailures.assertFailure;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatchKey;
import io.batcher.spring.BatcherCustomizer;
import io.batcher.spring.fixtures.Contexts;
import io.batcher.spring.fixtures.Reading;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import kotlin.coroutines.Continuation;
import org.junit.jupiter.api.Test;
import org.springframework.aop.framework.autoproxy.BeanNameAutoProxyCreator;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;

/** S1 and S8a: methods with {@code @BatchKey} that fail startup, and options that need one. */
class KeyMethodFailureTest {

    private static final String TEST = KeyMethodFailureTest.class.getName();
    private static final String NO_KEY = "concurrency above 1 needs a key, but was set to 4 without one: order would be"
            + " lost; give a key, or key(item -> null) if you want no order";
    private static final String ADVICE = "Correct batcher.instances.readings, batcher.defaults, or the"
            + " BatcherCustomizer beans. A key is a method with @BatchKey(\"readings\") on a bean.";

    private final ApplicationContextRunner contexts = Contexts.inVirtualTime().withBean("handler", Handler.class);
    private final ApplicationContextRunner proxying = contexts.withUserConfiguration(ClassProxies.class);

    @Test
    void aMethodThatReturnsNothing() {
        assertWrong(ReturnsNothing.class, "it returns void, but must return the key");
    }

    @Test
    void aMethodThatReturnsAStage() {
        assertWrong(ReturnsStage.class, "it returns CompletableFuture, but must return the key");
    }

    @Test
    void aMethodWithoutAParameter() {
        assertWrong(TakesNothing.class, "it takes nothing, but must take one item");
    }

    @Test
    void aMethodWithTwoParameters() {
        assertWrong(TakesTwo.class, "it takes 2 parameters, but must take one item");
    }

    @Test
    void aSuspendingFunctionOfKotlin() {
        assertWrong(
                Suspending.class,
                "it is a suspending Kotlin function, which is not supported; write a function without \"suspend\" that"
                        + " returns the key");
    }

    @Test
    void aMethodForItemsOfAnotherType() {
        assertFailure(
                contexts.withBean("key", OfString.class),
                "Batcher \"readings\" has items of type " + Reading.class.getName() + ", but " + described("OfString")
                        + " takes java.lang.String.",
                "Use the same type in the method and in batcher.instances.readings.item-type.");
    }

    @Test
    void aMethodThatTakesABatch() {
        assertFailure(
                contexts.withBean("key", OfList.class),
                "Batcher \"readings\" has items of type " + Reading.class.getName() + ", but " + described("OfList")
                        + " takes java.util.List<" + Reading.class.getName() + ">.",
                "Use the same type in the method and in batcher.instances.readings.item-type.");
    }

    @Test
    void twoMethodsForOneName() {
        assertFailure(
                contexts.withBean("key", OfReading.class).withBean("other", OfObject.class),
                "Batcher \"readings\" has two handlers of the same kind: " + described("OfReading") + " and "
                        + described("OfObject").replace("'key'", "'other'") + ".",
                "Remove one of them, or use another batcher name. A batcher has at most one method of each kind.");
    }

    @Test
    void aMethodWithoutABatcher() {
        assertFailure(
                contexts.withBean("key", Misspelled.class),
                "There is no batcher \"reading\" for "
                        + described("Misspelled").replace("readings", "reading")
                        + ". Known batchers: \"readings\". Did you mean \"readings\"?",
                "Correct the name, or add a method with @BatchHandler(\"reading\").");
    }

    @Test
    void aMethodForABatcherThatTheApplicationBuilds() {
        assertFailure(
                Contexts.inVirtualTime().withUserConfiguration(OwnBatcher.class).withBean("key", OfReading.class),
                "Batcher \"readings\" is the application's own bean 'readingsBatcher'; therefore "
                        + described("OfReading") + " would never be called.",
                "Set the key on the builder of that bean instead.");
    }

    @Test
    void aFinalMethodOfAProxiedBean() {
        assertFailure(
                proxying.withBean("key", FinalKey.class),
                "The key method of batcher \"readings\" cannot be called: " + described("FinalKey")
                        + " is hidden by a proxy. The method is final, so a call would run on the proxy itself, without"
                        + " the fields and the advice of the bean.",
                "Remove \"final\" from the method (in Kotlin, declare it open), or do not let Spring proxy the class of"
                        + " the bean.");
    }

    @Test
    void aPrivateMethodOfAProxiedBean() {
        proxying.withBean("key", PrivateKey.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasMessageContaining("The key method of batcher \"readings\" cannot be called: "
                                + described("PrivateKey") + " is hidden by a proxy."));
    }

    @Test
    void aMethodWithAsynchronousAdvice() {
        assertFailure(
                contexts.withUserConfiguration(Asynchronous.class).withBean("key", AsyncKey.class),
                "The key method of batcher \"readings\" would be called asynchronously: " + described("AsyncKey")
                        + " is advised by org.springframework.scheduling.annotation.AnnotationAsyncExecutionInterceptor,"
                        + " which moves the call to another thread. The key is needed before the item is added.",
                "Remove @Async, or a similar annotation or advice, from the method or its class.");
    }

    @Test
    void aMethodThatNoBeanDefinitionReveals() {
        assertFailure(
                contexts.withUserConfiguration(DeclaredAsInterface.class),
                "The key method of batcher \"readings\" is hidden: " + described("OfReading")
                        + " was found only when the bean was created, because its definition declares another type.",
                "Declare the class itself, " + TEST
                        + "$OfReading, as the return type of the @Bean method, not an interface of it.");
    }

    @Test
    void concurrencyWithoutAKey() {
        assertFailure(
                contexts.withPropertyValues("batcher.instances.readings.concurrency=4"),
                "Batcher \"readings\" is not configured properly: " + NO_KEY + ".",
                ADVICE);
    }

    @Test
    void concurrencyInTheDefaultsWithoutAKey() {
        assertFailure(
                contexts.withPropertyValues("batcher.defaults.concurrency=4"),
                "Batcher \"readings\" is not configured properly: " + NO_KEY + ".",
                ADVICE);
    }

    @Test
    void aBatchPerKeyWithoutAKey() {
        assertFailure(
                contexts.withPropertyValues("batcher.instances.readings.batch-per-key=true"),
                "Batcher \"readings\" is not configured properly: batchPerKey needs a key, but was set without one; set"
                        + " key too.",
                ADVICE);
    }

    @Test
    void aCapacityPerKeyWithoutABatchPerKey() {
        assertFailure(
                contexts.withBean("key", OfReading.class)
                        .withPropertyValues("batcher.instances.readings.capacity-per-key=10"),
                "Batcher \"readings\" is not configured properly: capacityPerKey needs batchPerKey, but was set to 10"
                        + " without it; set batchPerKey too.",
                "Correct batcher.instances.readings, or batcher.defaults from which it inherits.");
    }

    @Test
    void aCapacityPerKeyAboveTheCapacity() {
        assertFailure(
                contexts.withBean("key", OfReading.class)
                        .withPropertyValues(
                                "batcher.instances.readings.batch-per-key=true",
                                "batcher.instances.readings.capacity=1000",
                                "batcher.defaults.capacity-per-key=1001"),
                "Batcher \"readings\" is not configured properly: capacityPerKey must not be more than capacity, but"
                        + " 1001 > 1000; lower capacityPerKey or raise capacity.",
                "Correct batcher.instances.readings, or batcher.defaults from which it inherits.");
    }

    @Test
    void aValueOutOfRange() {
        contexts.withPropertyValues("batcher.defaults.concurrency=0")
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasMessageContaining("concurrency must be at least 1, but was 0"));
    }

    @Test
    void aCustomizerMayGiveTheKeyThatAnOptionNeeds() {
        contexts.withPropertyValues("batcher.instances.readings.concurrency=4")
                .withBean(BatcherCustomizer.class, () -> (name, builder) -> builder.key(item -> null))
                .run(context ->
                        assertThat(Contexts.configOf(context).concurrency()).isEqualTo(4));
    }

    private void assertWrong(Class<?> key, String what) {
        assertFailure(
                contexts.withBean("key", key),
                "The key method " + TEST + "$" + key.getSimpleName()
                        + ".key of batcher \"readings\" has an unsupported signature: " + what + ".",
                "Correct the method with @BatchKey(\"readings\").");
    }

    private static String described(String type) {
        return "@BatchKey(\"readings\") on " + TEST + "$" + type + ".key of bean 'key'";
    }

    static class Handler {

        @BatchHandler("readings")
        void handle(List<Reading> batch) {}
    }

    static class ReturnsNothing {

        @BatchKey("readings")
        void key(Reading reading) {}
    }

    static class ReturnsStage {

        @BatchKey("readings")
        CompletableFuture<String> key(Reading reading) {
            return CompletableFuture.completedFuture("a");
        }
    }

    static class TakesNothing {

        @BatchKey("readings")
        String key() {
            return "a";
        }
    }

    static class TakesTwo {

        @BatchKey("readings")
        String key(Reading reading, String more) {
            return more;
        }
    }

    static class Suspending {

        @BatchKey("readings")
        Object key(Reading reading, Continuation<String> continuation) {
            return reading;
        }
    }

    static class OfString {

        @BatchKey("readings")
        String key(String item) {
            return item;
        }
    }

    static class OfList {

        @BatchKey("readings")
        String key(List<Reading> batch) {
            return "a";
        }
    }

    interface Keys {}

    static class OfReading implements Keys {

        @BatchKey("readings")
        String key(Reading reading) {
            return reading.sensor();
        }
    }

    static class OfObject {

        @BatchKey("readings")
        Object key(Object item) {
            return item;
        }
    }

    static class Misspelled {

        @BatchKey("reading")
        String key(Reading reading) {
            return reading.sensor();
        }
    }

    static class FinalKey {

        @BatchKey("readings")
        final String key(Reading reading) {
            return reading.sensor();
        }
    }

    static class PrivateKey {

        @BatchKey("readings")
        private String key(Reading reading) {
            return reading.sensor();
        }
    }

    static class AsyncKey {

        @Async
        @BatchKey("readings")
        public String key(Reading reading) {
            return reading.sensor();
        }
    }

    @EnableAsync(proxyTargetClass = true)
    @Configuration(proxyBeanMethods = false)
    static class Asynchronous {}

    @Configuration(proxyBeanMethods = false)
    static class ClassProxies {

        @Bean
        static BeanNameAutoProxyCreator proxies() {
            BeanNameAutoProxyCreator creator = new BeanNameAutoProxyCreator();
            creator.setBeanNames("key");
            creator.setProxyTargetClass(true);
            return creator;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnBatcher {

        @Bean
        Batcher<Reading> readingsBatcher() {
            return Batcher.<Reading>builder("readings").handler(batch -> {}).build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class DeclaredAsInterface {

        @Bean
        Keys key() {
            return new OfReading();
        }
    }
}
