/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.handler;

import static io.batcher.spring.fixtures.Contexts.add;
import static io.batcher.spring.fixtures.Contexts.advance;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.BatchFailure;
import io.batcher.spring.BatchErrorHandler;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.fixtures.Contexts;
import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** S3: a batch whose handler returns a stage or a reactive type ends with that. */
class AsyncHandlersTest {

    private final ApplicationContextRunner contexts = Contexts.inVirtualTime();

    @Test
    void aBatchOfAStageEndsWithTheStage() {
        contexts.withUserConfiguration(Stages.class).run(context -> {
            add(context, "stage", "a");
            advance(context);
            assertThat(depth(context, "stage")).isEqualTo(1);
            context.getBean(Stages.class).stage.complete(null);
            context.getBean(VirtualTime.class).runReady();
            assertThat(depth(context, "stage")).isZero();
        });
    }

    @Test
    void aBatchOfAReactiveTypeEndsWithIt() {
        contexts.withUserConfiguration(Stages.class).run(context -> {
            add(context, "mono", "a");
            add(context, "flux", "a");
            advance(context);
            assertThat(depth(context, "mono")).isEqualTo(1);
            assertThat(depth(context, "flux")).isEqualTo(1);
            Stages stages = context.getBean(Stages.class);
            stages.mono.tryEmitEmpty();
            stages.flux.tryEmitNext(1);
            context.getBean(VirtualTime.class).runReady();
            assertThat(depth(context, "mono")).isZero();
            assertThat(depth(context, "flux")).isEqualTo(1);
            stages.flux.tryEmitComplete();
            context.getBean(VirtualTime.class).runReady();
            assertThat(depth(context, "flux")).isZero();
        });
    }

    @Test
    void aReactiveTypeThatFailsIsAFailedAttempt() {
        contexts.withUserConfiguration(Stages.class).run(context -> {
            add(context, "flux", "a");
            advance(context);
            context.getBean(Stages.class).flux.tryEmitError(new IllegalStateException("no"));
            context.getBean(VirtualTime.class).runReady();
            assertThat(registry(context).get("flux").stats().failedAttempts()).isEqualTo(1);
            assertThat(depth(context, "flux")).isEqualTo(1);
        });
    }

    @Test
    void aReactiveTypeIsCancelledAtTheHandlerTimeout() {
        contexts.withUserConfiguration(Stages.class)
                .withPropertyValues("batcher.instances.never.handler-timeout=2s")
                .run(context -> {
                    add(context, "never", "a");
                    advance(context);
                    assertThat(context.getBean(Stages.class).cancelled).isZero();
                    context.getBean(VirtualTime.class).advance(Duration.ofSeconds(2));
                    assertThat(context.getBean(Stages.class).cancelled).isEqualTo(1);
                });
    }

    @Test
    void nullInPlaceOfAStageIsAFailedAttempt() {
        contexts.withUserConfiguration(NoStage.class).run(context -> {
            add(context, "nothing", "a");
            advance(context);
            assertThat(context.getBean(NoStage.class).failures)
                    .singleElement()
                    .satisfies(failure -> assertThat(failure.cause())
                            .hasMessage(NoStage.class.getName()
                                    + ".handle returned null instead of a CompletionStage or a"
                                    + " reactive type"));
        });
    }

    private static BatcherRegistry registry(AssertableApplicationContext context) {
        return context.getBean(BatcherRegistry.class);
    }

    private static int depth(AssertableApplicationContext context, String batcher) {
        return registry(context).get(batcher).stats().depth();
    }

    static class Stages {

        final CompletableFuture<String> stage = new CompletableFuture<>();
        final Sinks.Empty<Void> mono = Sinks.empty();
        final Sinks.Many<Integer> flux = Sinks.many().unicast().onBackpressureBuffer();
        int cancelled;

        @BatchHandler("stage")
        CompletionStage<String> stage(List<String> items) {
            return stage;
        }

        @BatchHandler("mono")
        Mono<Void> mono(List<String> items) {
            return mono.asMono();
        }

        @BatchHandler("flux")
        Flux<Integer> flux(List<String> items) {
            return flux.asFlux();
        }

        @BatchHandler("never")
        Mono<Void> never(List<String> items) {
            return Mono.<Void>never().doOnCancel(() -> cancelled++);
        }
    }

    static class NoStage {

        final List<BatchFailure<String>> failures = new ArrayList<>();

        @BatchHandler("nothing")
        CompletionStage<Void> handle(List<String> items) {
            return null;
        }

        @BatchErrorHandler("nothing")
        void failed(BatchFailure<String> failure) {
            failures.add(failure);
        }
    }
}
