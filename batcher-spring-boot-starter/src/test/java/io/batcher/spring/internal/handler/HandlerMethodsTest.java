/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.handler;

import static io.batcher.spring.fixtures.Contexts.add;
import static io.batcher.spring.fixtures.Contexts.advance;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batch;
import io.batcher.BatchFailure;
import io.batcher.Batcher;
import io.batcher.DeadLetter;
import io.batcher.spring.BatchErrorHandler;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.DeadLetterHandler;
import io.batcher.spring.fixtures.Contexts;
import io.batcher.spring.fixtures.Reading;
import io.batcher.testing.VirtualTime;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AliasFor;

/** S3: what an annotated method may look like, and that it is called. */
class HandlerMethodsTest {

    private static final Duration INTERVAL = Duration.ofMillis(500);

    private final ApplicationContextRunner contexts = Contexts.inVirtualTime();

    @Test
    void aMethodTakesAListCollectionIterableOrBatch() {
        contexts.withUserConfiguration(Parameters.class).run(context -> {
            for (String name : List.of("list", "collection", "iterable", "batch")) {
                add(context, name, name);
            }
            advance(context);
            assertThat(context.getBean(Parameters.class).seen)
                    .containsExactlyInAnyOrder("[list]", "[collection]", "[iterable]", "batch 1");
        });
    }

    @Test
    void failuresAndDeadLettersReachTheirMethods() {
        contexts.withUserConfiguration(Failing.class)
                .withPropertyValues("batcher.instances.failing.retry.max-attempts=2")
                .run(context -> {
                    add(context, "failing", "a");
                    context.getBean(VirtualTime.class).advance(INTERVAL.multipliedBy(2));
                    Failing failing = context.getBean(Failing.class);
                    assertThat(failing.failures)
                            .extracting(failure -> failure.batch().attempt())
                            .containsExactly(1, 2);
                    assertThat(failing.failures)
                            .allSatisfy(failure -> assertThat(failure.cause())
                                    .isExactlyInstanceOf(java.io.IOException.class)
                                    .hasMessage("no disk"));
                    assertThat(failing.letters)
                            .singleElement()
                            .satisfies(letter -> assertThat(letter.items()).containsExactly("a"));
                });
    }

    @Test
    void aNameMayHavePlaceholdersAndTheAnnotationMayBeComposed() {
        contexts.withUserConfiguration(Composed.class)
                .withPropertyValues("composed.name=composed-one")
                .run(context -> assertThat(registry(context).names())
                        .containsExactly("by-default", "composed-one", "composed-two"));
    }

    @Test
    void methodsMayBeInheritedAndGeneric() {
        contexts.withUserConfiguration(ReadingStore.class, Generics.class).run(context -> {
            assertThat(typed(context, ResolvableType.forClass(Reading.class)).name())
                    .isEqualTo("stored");
            assertThat(typed(context, ResolvableType.forClass(Long.class)).name())
                    .isEqualTo("declared");
            assertThat(typed(context, ResolvableType.forClass(byte[].class)).name())
                    .isEqualTo("bytes");
            assertThat(typed(
                                    context,
                                    ResolvableType.forClassWithGenerics(
                                            Map.class,
                                            ResolvableType.forClass(String.class),
                                            ResolvableType.forClassWithGenerics(List.class, Reading.class)))
                            .name())
                    .isEqualTo("nested");
            Batcher<byte[]> bytes = registry(context).get("bytes", byte[].class);
            assertThat(bytes.name()).isEqualTo("bytes");
            @SuppressWarnings("unchecked")
            Batcher<Reading> stored = (Batcher<Reading>) registry(context).get("stored");
            stored.add(new Reading("a"));
            advance(context);
            assertThat(context.getBean(ReadingStore.class).items).containsExactly(new Reading("a"));
        });
    }

    @Test
    void aMethodMayBePrivateOrStatic() {
        contexts.withUserConfiguration(Hidden.class).run(context -> {
            add(context, "private", "a");
            add(context, "static", "b");
            advance(context);
            assertThat(Hidden.seen).containsExactlyInAnyOrder("[a]", "[b]");
        });
    }

    private static BatcherRegistry registry(AssertableApplicationContext context) {
        return context.getBean(BatcherRegistry.class);
    }

    private static Batcher<?> typed(AssertableApplicationContext context, ResolvableType item) {
        return (Batcher<?>) context.getBeanProvider(ItemTypes.batcherOf(item)).getObject();
    }

    static class Parameters {

        final List<String> seen = new ArrayList<>();

        @BatchHandler("list")
        void list(List<String> items) {
            seen.add(items.toString());
        }

        @BatchHandler("collection")
        void collection(Collection<String> items) {
            seen.add(items.toString());
        }

        @BatchHandler("iterable")
        void iterable(Iterable<? extends String> items) {
            seen.add(items.toString());
        }

        @BatchHandler("batch")
        void batch(Batch<String> batch) {
            seen.add("batch " + batch.attempt());
        }
    }

    static class Failing {

        final List<BatchFailure<String>> failures = new ArrayList<>();
        final List<DeadLetter<String>> letters = new ArrayList<>();

        @BatchHandler("failing")
        void handle(List<String> items) throws java.io.IOException {
            throw new java.io.IOException("no disk");
        }

        @BatchErrorHandler("failing")
        void failed(BatchFailure<String> failure) {
            failures.add(failure);
        }

        @DeadLetterHandler("failing")
        void dead(DeadLetter<String> letter) {
            letters.add(letter);
        }
    }

    @Target(ElementType.METHOD)
    @Retention(RetentionPolicy.RUNTIME)
    @BatchHandler("by-default")
    @interface Nightly {

        @AliasFor(annotation = BatchHandler.class, attribute = "value")
        String name() default "by-default";
    }

    static class Composed {

        @BatchHandler("${composed.name}")
        void one(List<String> items) {}

        @Nightly(name = "${other.name:composed-two}")
        void two(List<String> items) {}

        @Nightly
        void three(List<String> items) {}
    }

    abstract static class Store<T> {

        final List<T> items = new ArrayList<>();

        @BatchHandler("stored")
        public void store(List<? extends T> batch) {
            items.addAll(batch);
        }
    }

    static class ReadingStore extends Store<Reading> {

        @BatchHandler("nested")
        void nested(Collection<? extends Map<String, List<Reading>>> items) {}

        @BatchHandler("bytes")
        void bytes(List<byte[]> items) {}
    }

    static class Declared<T> {

        @BatchHandler("declared")
        void handle(List<T> items) {}
    }

    @Configuration(proxyBeanMethods = false)
    static class Generics {

        @Bean
        Declared<Long> declared() {
            return new Declared<>();
        }
    }

    static class Hidden {

        static final List<String> seen = new ArrayList<>();

        @BatchHandler("private")
        private void one(List<String> items) {
            seen.add(items.toString());
        }

        @BatchHandler("static")
        static void two(List<String> items) {
            seen.add(items.toString());
        }
    }
}
