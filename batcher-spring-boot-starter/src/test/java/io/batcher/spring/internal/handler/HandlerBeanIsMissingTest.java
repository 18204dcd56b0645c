/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.BatchFailure;
import io.batcher.Batcher;
import io.batcher.DeadLetter;
import io.batcher.spring.BatchErrorHandler;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.DeadLetterHandler;
import io.batcher.spring.fixtures.Contexts;
import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;

/** S3: a bean that is null, or of another type than its definition, has no handler methods; a warning at startup says so. */
@ExtendWith(OutputCaptureExtension.class)
class HandlerBeanIsMissingTest {

    private static final String TEST = HandlerBeanIsMissingTest.class.getName();
    private static final String OUT = "disable the batcher with batcher.instances.missing.enabled=false.";

    private final ApplicationContextRunner contexts = Contexts.inVirtualTime();

    @Test
    void aBeanMethodReturnsNull(CapturedOutput output) {
        contexts.withUserConfiguration(ReturnsNull.class).run(context -> {
            keepsItsItems(context);
            assertThat(output)
                    .containsOnlyOnce("Bean 'handler' is null; therefore @BatchHandler(\"missing\") on " + TEST
                            + "$Handler.handle is never called: batcher \"missing\" has no handler and keeps its items, up to"
                            + " its capacity. Return an object from the @Bean method, or " + OUT)
                    .doesNotContain("proxy", "proxies", "Exception");
        });
    }

    @Test
    void aFactoryBeanReturnsNull(CapturedOutput output) {
        contexts.withBean("handler", Factory.class).run(context -> {
            keepsItsItems(context);
            assertThat(output).containsOnlyOnce("Bean 'handler' is null").doesNotContain("prox", "Exception");
        });
    }

    @Test
    void theBeanOfAllMethodsIsNull(CapturedOutput output) {
        contexts.withUserConfiguration(AllReturnNull.class).run(context -> {
            keepsItsItems(context);
            assertThat(output)
                    .containsOnlyOnce("@BatchHandler(\"missing\") on ")
                    .containsOnlyOnce("Bean 'handler' is null; therefore @BatchErrorHandler(\"missing\") on " + TEST
                            + "$All.failed is never called: failures of batcher \"missing\" are not reported.")
                    .containsOnlyOnce(
                            "Bean 'handler' is null; therefore @DeadLetterHandler(\"missing\") on " + TEST
                                    + "$All.dead is never called: batcher \"missing\" keeps the items that it gives up, in front of later ones.");
        });
    }

    @Test
    void deadLettersForABeanThatIsNullAreKept(CapturedOutput output) {
        contexts.withUserConfiguration(OnlyDeadLettersAreNull.class)
                .withPropertyValues("batcher.instances.missing.retry.max-attempts=1")
                .run(context -> {
                    Batcher<String> batcher = batcher(context);
                    batcher.add("a");
                    context.getBean(VirtualTime.class).advance(Duration.ofSeconds(5));
                    assertThat(batcher.stats().depth()).isEqualTo(1);
                    assertThat(batcher.stats().deadLettered()).isZero();
                    assertThat(output).doesNotContain("prox");
                });
    }

    @Test
    void theHandlerThatIsNotCalledIsNotShown() {
        contexts.withUserConfiguration(ReturnsNull.class)
                .run(context -> assertThat(
                                context.getBean(BatcherRegistry.class).managed())
                        .singleElement()
                        .satisfies(managed -> assertThat(managed.handler()).isEmpty()));
    }

    @Test
    void aPrototypeThatIsNullFailsTheBatch() {
        contexts.withUserConfiguration(PrototypeReturnsNull.class).run(context -> {
            Batcher<String> batcher = batcher(context);
            batcher.add("a");
            context.getBean(VirtualTime.class).advance(Duration.ofMillis(500));
            assertThat(batcher.stats().depth()).isEqualTo(1);
            assertThat(context.getBean(Failures.class).failures)
                    .singleElement()
                    .satisfies(failure -> assertThat(failure.cause())
                            .hasMessageContaining("bean 'handler' is null")
                            .hasMessageNotContaining("prox"));
        });
    }

    private static void keepsItsItems(AssertableApplicationContext context) {
        assertThat(context).hasNotFailed();
        Batcher<String> batcher = batcher(context);
        batcher.add("a");
        context.getBean(VirtualTime.class).advance(Duration.ofSeconds(5));
        assertThat(batcher.stats().depth()).isEqualTo(1);
        assertThat(batcher.stats().failedAttempts()).isZero();
        assertThat(batcher.flush()).isCompletedExceptionally();
    }

    private static Batcher<String> batcher(AssertableApplicationContext context) {
        return context.getBean(BatcherRegistry.class).get("missing", String.class);
    }

    interface Port {}

    static class Handler implements Port {

        @BatchHandler("missing")
        void handle(List<String> batch) {}
    }

    static class All extends Handler {

        @BatchErrorHandler("missing")
        void failed(BatchFailure<String> failure) {}

        @DeadLetterHandler("missing")
        void dead(DeadLetter<String> letter) {}
    }

    static class DeadLetters {

        @DeadLetterHandler("missing")
        void dead(DeadLetter<String> letter) {}
    }

    static class Failures {

        final List<BatchFailure<String>> failures = new ArrayList<>();

        @BatchErrorHandler("missing")
        void failed(BatchFailure<String> failure) {
            failures.add(failure);
        }
    }

    static class Fails {

        @BatchHandler("missing")
        void handle(List<String> batch) {
            throw new IllegalStateException("no");
        }
    }

    static class Factory implements FactoryBean<Handler> {

        @Override
        public @Nullable Handler getObject() {
            return null;
        }

        @Override
        public Class<?> getObjectType() {
            return Handler.class;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ReturnsNull {

        @Bean
        @Nullable Handler handler() {
            return null;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class AllReturnNull {

        @Bean
        @Nullable All handler() {
            return null;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OnlyDeadLettersAreNull {

        @Bean
        Fails fails() {
            return new Fails();
        }

        @Bean
        @Nullable DeadLetters handler() {
            return null;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class PrototypeReturnsNull {

        @Bean
        @Scope("prototype")
        @Nullable Handler handler() {
            return null;
        }

        @Bean
        Failures failures() {
            return new Failures();
        }
    }
}
