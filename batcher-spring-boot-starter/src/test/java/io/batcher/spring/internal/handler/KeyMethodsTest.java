/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatchKey;
import io.batcher.spring.BatcherCustomizer;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.ManagedBatcher;
import io.batcher.spring.fixtures.Contexts;
import io.batcher.spring.fixtures.Reading;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;
import org.springframework.aop.framework.autoproxy.BeanNameAutoProxyCreator;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.support.SimpleThreadScope;
import org.springframework.core.annotation.AliasFor;

/** S3 and S8a: what a method with {@code @BatchKey} may look like, and that it gives the keys. */
class KeyMethodsTest {

    private final ApplicationContextRunner contexts = Contexts.inVirtualTime();

    @Test
    void aMethodBesideTheHandlerGivesTheKey() {
        contexts.withBean(Sensors.class).run(context -> {
            assertThat(keyOf(context, "readings", new Reading("a"))).isEqualTo("a");
            assertThat(keyOf(context, "readings", new Reading("none"))).isNull();
        });
    }

    @Test
    void aMethodOfAnotherBeanMayTakeASupertypeOfTheItems() {
        contexts.withBean(Handlers.class).withBean(Supertypes.class).run(context -> {
            assertThat(keyOf(context, "readings", new Reading("a"))).isEqualTo("Reading[sensor=a, value=0.0]");
            assertThat(keyOf(context, "maps", Map.of("k", List.of()))).isEqualTo(1);
            assertThat(keyOf(context, "longs", 7L)).isEqualTo(1L);
        });
    }

    @Test
    void methodsMayBeInheritedAndGeneric() {
        contexts.withBean(Handlers.class)
                .withBean(KeysOfReadings.class)
                .withUserConfiguration(Declared.class)
                .run(context -> {
                    assertThat(keyOf(context, "readings", new Reading("a"))).isEqualTo("inherited a");
                    assertThat(keyOf(context, "longs", 7L)).isEqualTo("declared 7");
                });
    }

    @Test
    void aNameMayHavePlaceholdersAndTheAnnotationMayBeComposed() {
        contexts.withBean(Handlers.class)
                .withBean(Composed.class)
                .withPropertyValues("keyed.name=readings")
                .run(context -> {
                    assertThat(keyOf(context, "readings", new Reading("a"))).isEqualTo("placeholder");
                    assertThat(keyOf(context, "longs", 7L)).isEqualTo("composed");
                    assertThat(keyOf(context, "maps", Map.of())).isEqualTo("by default");
                });
    }

    @Test
    void aMethodMayBePrivate() {
        contexts.withBean(Handlers.class)
                .withBean(PrivateKey.class)
                .run(context ->
                        assertThat(keyOf(context, "readings", new Reading("a"))).isEqualTo("private a"));
    }

    @Test
    void theAdviceOfAProxiedBeanIsCalled() {
        contexts.withBean("proxied", Sensors.class)
                .withUserConfiguration(UpperCase.class)
                .run(context ->
                        assertThat(keyOf(context, "readings", new Reading("a"))).isEqualTo("A"));
    }

    @Test
    void aLazyBeanIsCreatedForTheFirstItemAndOnce() {
        LazyKey.created.set(0);
        contexts.withBean(Handlers.class).withUserConfiguration(LazyKey.class).run(context -> {
            assertThat(LazyKey.created).hasValue(0);
            assertThat(keyOf(context, "readings", new Reading("a"))).isEqualTo("lazy a");
            keyOf(context, "readings", new Reading("b"));
            assertThat(LazyKey.created).hasValue(1);
        });
    }

    @Test
    void aScopedBeanIsLookedUpForEachItem() throws Exception {
        contexts.withInitializer(context -> context.getBeanFactory().registerScope("thread", new SimpleThreadScope()))
                .withBean(Handlers.class)
                .withUserConfiguration(ScopedKey.class)
                .run(context -> {
                    Object here = keyOf(context, "readings", new Reading("a"));
                    assertThat(keyOf(context, "readings", new Reading("a"))).isEqualTo(here);
                    List<Object> elsewhere = new ArrayList<>();
                    Thread other = new Thread(() -> elsewhere.add(keyOf(context, "readings", new Reading("a"))));
                    other.start();
                    other.join();
                    assertThat(elsewhere).hasSize(1).doesNotContain(here);
                });
    }

    @Test
    void aBeanThatIsNullMakesAddingFailAndIsReported() {
        contexts.withBean(Handlers.class)
                .withUserConfiguration(NullBean.class)
                .run(context -> assertThatThrownBy(() -> keyOf(context, "readings", new Reading("a")))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("@BatchKey(\"readings\")")
                        .hasMessageEndingWith("cannot be called: bean 'missing' is null"));
    }

    @Test
    void aCustomizerHasTheLastWord() {
        contexts.withBean(Sensors.class)
                .withBean(BatcherCustomizer.class, () -> (name, builder) -> builder.key(item -> "customized"))
                .run(context ->
                        assertThat(keyOf(context, "readings", new Reading("a"))).isEqualTo("customized"));
    }

    @Test
    void theMethodsOfADisabledBatcherAreIgnored() {
        contexts.withBean(NoKey.class)
                .withBean(SecondKey.class)
                .withPropertyValues("batcher.instances.readings.enabled=false")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @SuppressWarnings("unchecked")
    private static Object keyOf(ApplicationContext context, String batcher, Object item) {
        ManagedBatcher managed = context.getBean(BatcherRegistry.class).managed().stream()
                .filter(one -> one.name().equals(batcher))
                .findAny()
                .orElseThrow();
        return ((Function<Object, Object>) managed.config().orElseThrow().key()).apply(item);
    }

    static class Sensors {

        @BatchHandler("readings")
        void handle(List<Reading> batch) {}

        @BatchKey("readings")
        String key(Reading reading) {
            return reading.sensor().equals("none") ? null : reading.sensor();
        }
    }

    static class Handlers {

        @BatchHandler("readings")
        void readings(List<Reading> batch) {}

        @BatchHandler("maps")
        void maps(List<Map<String, List<Reading>>> batch) {}

        @BatchHandler("longs")
        void longs(List<Long> batch) {}
    }

    static class Supertypes {

        @BatchKey("readings")
        Object ofObject(Object item) {
            return item.toString();
        }

        @BatchKey("maps")
        int ofMap(Map<String, ?> item) {
            return item.size();
        }

        @BatchKey("longs")
        long ofPrimitive(long item) {
            return item % 2;
        }
    }

    abstract static class Keys<T> {

        @BatchKey("readings")
        public Object key(T item) {
            return "inherited " + sensorOf(item);
        }

        abstract String sensorOf(T item);
    }

    static class KeysOfReadings extends Keys<Reading> {

        @Override
        String sensorOf(Reading item) {
            return item.sensor();
        }
    }

    static class DeclaredKeys<T> {

        @BatchKey("longs")
        String key(T item) {
            return "declared " + item;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Declared {

        @Bean
        DeclaredKeys<Long> declared() {
            return new DeclaredKeys<>();
        }
    }

    @Target(ElementType.METHOD)
    @Retention(RetentionPolicy.RUNTIME)
    @BatchKey("maps")
    @interface Partitioned {

        @AliasFor(annotation = BatchKey.class, attribute = "value")
        String name() default "maps";
    }

    static class Composed {

        @BatchKey("${keyed.name}")
        String one(Reading reading) {
            return "placeholder";
        }

        @Partitioned(name = "${other.name:longs}")
        String two(Number number) {
            return "composed";
        }

        @Partitioned
        <T extends Map<String, ?>> String three(T map) {
            return "by default";
        }
    }

    static class PrivateKey {

        @BatchKey("readings")
        private String key(Reading reading) {
            return "private " + reading.sensor();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class UpperCase {

        @Bean
        static BeanNameAutoProxyCreator proxies() {
            BeanNameAutoProxyCreator creator = new BeanNameAutoProxyCreator();
            creator.setBeanNames("proxied");
            creator.setProxyTargetClass(true);
            creator.setInterceptorNames("upperCase");
            return creator;
        }

        @Bean
        static MethodInterceptor upperCase() {
            return call -> call.proceed() instanceof String key ? key.toUpperCase() : null;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class LazyKey {

        static final AtomicInteger created = new AtomicInteger();

        @Bean
        @Lazy
        LazyBean lazyKey() {
            created.incrementAndGet();
            return new LazyBean();
        }
    }

    static class LazyBean {

        @BatchKey("readings")
        String key(Reading reading) {
            return "lazy " + reading.sensor();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ScopedKey {

        @Bean
        @Scope(scopeName = "thread", proxyMode = ScopedProxyMode.TARGET_CLASS)
        ScopedBean scopedKey() {
            return new ScopedBean();
        }
    }

    public static class ScopedBean {

        @BatchKey("readings")
        public Integer key(Reading reading) {
            return System.identityHashCode(this);
        }
    }

    static class NoKey {

        @BatchHandler("readings")
        void handle(List<Reading> batch) {}

        @BatchKey("readings")
        void key() {}
    }

    static class SecondKey {

        @BatchKey("readings")
        void key() {}
    }

    @Configuration(proxyBeanMethods = false)
    static class NullBean {

        @Bean
        LazyBean missing() {
            return null;
        }
    }
}
