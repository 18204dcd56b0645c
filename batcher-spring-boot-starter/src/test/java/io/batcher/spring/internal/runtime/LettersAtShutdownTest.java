/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.DeadLetter;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatcherCustomizer;
import io.batcher.spring.DeadLetterHandler;
import io.batcher.spring.fixtures.Contexts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;

/** S5: items that are added while beans are destroyed, and a dead-letter method that has to take them. */
@ExtendWith(OutputCaptureExtension.class)
class LettersAtShutdownTest {

    private static final String CLOSED_WITH_2 = "Batcher \"readings\" is closed with 2 items not delivered; ";

    private final ApplicationContextRunner contexts = Contexts.inVirtualTime()
            .withUserConfiguration(Down.class, LastWords.class)
            .withPropertyValues("batcher.defaults.shutdown-timeout=7s", "batcher.instances.readings.max-batch-size=1");

    @Test
    void theLastLineTellsWhatADeadLetterMethodHasTaken(CapturedOutput output) {
        contexts.withUserConfiguration(Letters.class)
                .run(context -> assertThat(context).hasNotFailed());
        assertThat(output).contains(CLOSED_WITH_2 + "its dead-letter handler was called with them");
    }

    @Test
    void theLastLineTellsThatADeadLetterMethodFailedAndWhy(CapturedOutput output) {
        contexts.withUserConfiguration(FailingLetters.class)
                .run(context -> assertThat(context).hasNotFailed());
        assertThat(output)
                .containsOnlyOnce(CLOSED_WITH_2)
                .contains(CLOSED_WITH_2
                        + "its dead-letter handler took 1 of them; it failed with 1 of them, which are lost")
                .contains("java.lang.IllegalStateException: no room for b")
                .doesNotContain("was called with them");
    }

    @Test
    void theLastLineTellsThatACallbackOfACustomizerFailedAndWhy(CapturedOutput output) {
        contexts.withBean(
                        BatcherCustomizer.class,
                        () -> (name, builder) -> builder.onDeadLetter(letter -> {
                            throw new IllegalStateException("callback is broken");
                        }))
                .run(context -> assertThat(context).hasNotFailed());
        assertThat(output)
                .contains(CLOSED_WITH_2 + "its dead-letter handler failed with 2 of them, which are lost")
                .contains("java.lang.IllegalStateException: callback is broken");
    }

    @Test
    void withoutADeadLetterMethodTheLastLineTellsWhyDeliveryFailed(CapturedOutput output) {
        contexts.run(context -> assertThat(context).hasNotFailed());
        assertThat(output)
                .contains(CLOSED_WITH_2 + "add a method with @DeadLetterHandler(\"readings\")")
                .contains("java.lang.IllegalStateException: down");
    }

    @Test
    void whatTheApplicationHasTakenBackItselfIsNotSaidToBeLost(CapturedOutput output) {
        contexts.withUserConfiguration(Letters.class).run(context -> {
            Batcher<String> batcher = context.getBean(LastWords.class).batcher;
            batcher.pause();
            batcher.add("x");
            assertThat(batcher.close(Duration.ZERO).undelivered()).containsExactly("x");
        });
        assertThat(output)
                .contains(
                        "Batcher \"readings\" is closed with 1 item not delivered; its dead-letter handler was not called"
                                + " with 1 of them, which close(Duration) has returned to its caller");
    }

    @Test
    void theLazyBeanOfADeadLetterMethodExistsBeforeTheShutdown(CapturedOutput output) {
        LazyLetters[] letters = new LazyLetters[1];
        contexts.withUserConfiguration(LazyLetters.class).run(context -> {
            String name = context.getBeanNamesForType(LazyLetters.class)[0];
            assertThat(context.getBeanFactory().containsSingleton(name)).isTrue();
            letters[0] = context.getBean(LazyLetters.class);
        });
        assertThat(letters[0].items).containsExactly("a", "b");
        assertThat(output).contains(CLOSED_WITH_2 + "its dead-letter handler was called with them");
    }

    @Test
    void soItDoesWhereTheWholeApplicationIsLazy() {
        Letters[] letters = new Letters[1];
        contexts.withUserConfiguration(Letters.class)
                .withInitializer(context ->
                        context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
                .run(context -> {
                    context.getBean(LastWords.class);
                    String name = context.getBeanNamesForType(Letters.class)[0];
                    letters[0] = (Letters) context.getBeanFactory().getSingleton(name);
                });
        assertThat(letters[0].items).containsExactly("a", "b");
    }

    @Test
    void aPrototypeTakesLettersUntilTheEnd() {
        Shelf[] shelf = new Shelf[1];
        contexts.withUserConfiguration(PrototypeLetters.class).run(context -> shelf[0] = shelf(context));
        assertThat(shelf[0].items).containsExactly("a", "b");
        assertThat(shelf[0].atDestruction).containsExactly("a", "b");
    }

    private static Shelf shelf(org.springframework.beans.factory.BeanFactory context) {
        return context.getBean(Shelf.class);
    }

    @Test
    void aScopedBeanTakesLettersUntilTheEnd() {
        Shelf[] shelf = new Shelf[1];
        contexts.withUserConfiguration(ScopedLetters.class).run(context -> shelf[0] = shelf(context));
        assertThat(shelf[0].items).containsExactly("a", "b");
    }

    @Test
    void aBeanThatCannotBeCreatedIsTriedAgainWhenTheApplicationStops(CapturedOutput output) {
        LateLetters.ready = false;
        LateLetters[] letters = new LateLetters[1];
        contexts.withUserConfiguration(LateLetters.class).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(output).contains("Cannot create the bean of @DeadLetterHandler(\"readings\")", "not ready");
            LateLetters.ready = true;
        });
        assertThat(LateLetters.items).containsExactly("a", "b");
    }

    @Test
    void theLastLineTellsThatTheBeanCannotBeCreated(CapturedOutput output) {
        LateLetters.ready = false;
        contexts.withUserConfiguration(LateLetters.class)
                .run(context -> assertThat(context).hasNotFailed());
        assertThat(output)
                .contains(CLOSED_WITH_2 + "its dead-letter handler failed with 2 of them, which are lost")
                .contains("BeanCreation");
    }

    static class Down {

        @BatchHandler("readings")
        void store(List<String> batch) {
            throw new IllegalStateException("down");
        }
    }

    static class LastWords implements DisposableBean {

        final Batcher<String> batcher;

        LastWords(Batcher<String> batcher) {
            this.batcher = batcher;
        }

        @Override
        public void destroy() {
            if (batcher.stats().state() != io.batcher.BatcherState.CLOSED) {
                batcher.addMany(List.of("a", "b"));
            }
        }
    }

    static class Letters {

        final List<String> items = new ArrayList<>();

        @DeadLetterHandler("readings")
        void dead(DeadLetter<String> letter) {
            items.addAll(letter.items());
        }
    }

    static class FailingLetters {

        @DeadLetterHandler("readings")
        void dead(DeadLetter<String> letter) {
            if (letter.items().contains("b")) {
                throw new IllegalStateException("no room for " + letter.items().get(0));
            }
        }
    }

    @Lazy
    static class LazyLetters extends Letters {}

    /** Stays when the bean of the method does not. */
    public static class Shelf implements DisposableBean {

        final List<String> items = new ArrayList<>();
        final List<String> atDestruction = new ArrayList<>();

        @Override
        public void destroy() {
            atDestruction.addAll(items);
        }
    }

    public static class ShelvedLetters {

        private final Shelf shelf;

        public ShelvedLetters(Shelf shelf) {
            this.shelf = shelf;
        }

        @DeadLetterHandler("readings")
        public void dead(DeadLetter<String> letter) {
            shelf.items.addAll(letter.items());
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class PrototypeLetters {

        @Bean
        @Lazy
        Shelf shelf() {
            return new Shelf();
        }

        @Bean
        @Scope("prototype")
        ShelvedLetters letters(Shelf shelf) {
            return new ShelvedLetters(shelf);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ScopedLetters {

        @Bean
        static org.springframework.beans.factory.config.CustomScopeConfigurer scopes() {
            var scopes = new org.springframework.beans.factory.config.CustomScopeConfigurer();
            scopes.addScope("thread", new org.springframework.context.support.SimpleThreadScope());
            return scopes;
        }

        @Bean
        Shelf shelf() {
            return new Shelf();
        }

        @Bean
        @Scope(scopeName = "thread", proxyMode = ScopedProxyMode.TARGET_CLASS)
        ShelvedLetters letters(Shelf shelf) {
            return new ShelvedLetters(shelf);
        }
    }

    @Lazy
    static class LateLetters {

        static boolean ready;
        static final List<String> items = new ArrayList<>();

        LateLetters() {
            items.clear();
            if (!ready) {
                throw new IllegalStateException("not ready");
            }
        }

        @DeadLetterHandler("readings")
        void dead(DeadLetter<String> letter) {
            items.addAll(letter.items());
        }
    }
}
