/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.BatchFailure;
import io.batcher.Batcher;
import io.batcher.BatcherStats;
import io.batcher.DeadLetter;
import io.batcher.spring.BatchErrorHandler;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.DeadLetterHandler;
import io.batcher.spring.fixtures.Contexts;
import io.batcher.testing.VirtualTime;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** S5: the context is closed from inside a handler or a callback. In real time, because threads block. */
@ExtendWith(OutputCaptureExtension.class)
class ClosingFromHandlerTest {

    private final ApplicationContextRunner contexts = Contexts.inRealTime()
            .withPropertyValues(
                    "batcher.defaults.interval=1ms",
                    "batcher.defaults.max-batch-size=1",
                    "batcher.defaults.retry.max-attempts=1");

    static Stream<Class<? extends Closer>> closers() {
        return Stream.of(
                InHandler.class,
                OnAnotherThread.class,
                ByExit.class,
                InAsyncHandler.class,
                InStage.class,
                InErrorHandler.class,
                InDeadLetterHandler.class);
    }

    @ParameterizedTest
    @MethodSource("closers")
    void itsBatchIsNotWaitedForAndEverythingElseIsDelivered(Class<? extends Closer> type, CapturedOutput output) {
        contexts.withUserConfiguration(type, Other.class).run(context -> {
            Closer closer = context.getBean(type);
            Other other = context.getBean(Other.class);
            closer.context = context.getSourceApplicationContext();
            closer.batcher.pause();
            closer.batcher.addMany(List.of("close", "b", "c"));
            other.batcher.add(1);
            long before = System.nanoTime();
            closer.batcher.resume();
            await(() -> !closer.context.isActive() && closer.batcher.stats().depth() == 0);
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
            assertThat(closer.handled).containsExactlyElementsOf(closer.expected());
            assertThat(closer.handledAtDestruction).contains("b", "c");
            assertThat(other.handled).containsExactly(1);
            BatcherStats stats = closer.batcher.stats();
            assertThat(stats.handled()).isEqualTo(closer.expected().size());
            assertThat(stats.handedBack()).isZero();
            assertThat(stats.deadLettered()).isEqualTo(3 - closer.expected().size());
        });
        assertThat(output).doesNotContain("not delivered", "cannot be closed", "propagated an exception");
    }

    @Test
    void aBatchThatFailsAfterwardsIsDeadLettered() {
        contexts.withUserConfiguration(FailingAfterwards.class).run(context -> {
            FailingAfterwards closer = context.getBean(FailingAfterwards.class);
            closer.context = context.getSourceApplicationContext();
            closer.batcher.addMany(List.of("close", "b"));
            await(() -> closer.dead.equals(List.of("close")));
            await(() -> closer.batcher.stats().depth() == 0);
            assertThat(closer.handled).containsExactly("b");
            assertThat(closer.batcher.stats().handedBack()).isEqualTo(1);
        });
    }

    @Test
    void inVirtualTimeNothingIsWaitedForEither() {
        Contexts.inVirtualTime().withUserConfiguration(InHandler.class).run(context -> {
            InHandler closer = context.getBean(InHandler.class);
            VirtualTime time = context.getBean(VirtualTime.class);
            closer.context = context.getSourceApplicationContext();
            closer.batcher.addMany(List.of("close"));
            time.advance(Duration.ofSeconds(1));
            assertThat(closer.context.isActive()).isFalse();
            assertThat(time.nanoTime()).isEqualTo(TimeUnit.SECONDS.toNanos(1));
            assertThat(closer.batcher.stats().handled()).isEqualTo(1);
        });
    }

    @Test
    void aContextThatIsOnlyStoppedDoesNotWaitForItEither() {
        contexts.withUserConfiguration(Stopping.class).run(context -> {
            Stopping stopping = context.getBean(Stopping.class);
            stopping.context = context.getSourceApplicationContext();
            long before = System.nanoTime();
            stopping.batcher.submit("stop").orTimeout(5, TimeUnit.SECONDS).join();
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
            assertThat(stopping.handled).containsExactly("stop");
        });
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        for (long start = System.nanoTime(); !condition.getAsBoolean(); Thread.sleep(1)) {
            assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(30));
        }
    }

    abstract static class Closer {

        final List<String> handled = new CopyOnWriteArrayList<>();
        final List<String> handledAtDestruction = new CopyOnWriteArrayList<>();
        volatile ConfigurableApplicationContext context;

        @Autowired
        Batcher<String> batcher;

        List<String> expected() {
            return List.of("close", "b", "c");
        }

        @PreDestroy
        void destroyed() {
            handledAtDestruction.addAll(handled);
        }

        static void join(Thread thread) {
            thread.start();
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    abstract static class Synchronous extends Closer {

        abstract void closeContext();

        @BatchHandler("readings")
        void handle(List<String> batch) {
            handled.addAll(batch);
            if (batch.contains("close")) {
                closeContext();
            }
        }
    }

    static class InHandler extends Synchronous {

        @Override
        void closeContext() {
            context.close();
        }
    }

    static class OnAnotherThread extends Synchronous {

        @Override
        void closeContext() {
            join(new Thread(context::close));
        }
    }

    static class ByExit extends Synchronous {

        @Override
        void closeContext() {
            SpringApplication.exit(context);
        }
    }

    static class InAsyncHandler extends Closer {

        @BatchHandler("readings")
        CompletionStage<Void> handle(List<String> batch) {
            handled.addAll(batch);
            if (batch.contains("close")) {
                context.close();
            }
            return CompletableFuture.completedFuture(null);
        }
    }

    static class InStage extends Closer {

        @BatchHandler("readings")
        CompletionStage<Void> handle(List<String> batch) {
            CompletableFuture<Void> stage = new CompletableFuture<>();
            handled.addAll(batch);
            new Thread(() -> {
                        if (batch.contains("close")) {
                            context.close();
                        }
                        stage.complete(null);
                    })
                    .start();
            return stage;
        }
    }

    abstract static class Failing extends Closer {

        @Override
        List<String> expected() {
            return List.of("b", "c");
        }

        @BatchHandler("readings")
        void handle(List<String> batch) {
            if (batch.contains("close")) {
                throw new IllegalStateException("bad");
            }
            handled.addAll(batch);
        }
    }

    static class InErrorHandler extends Failing {

        @BatchErrorHandler("readings")
        void failed(BatchFailure<String> failure) {
            context.close();
        }
    }

    static class InDeadLetterHandler extends Failing {

        @DeadLetterHandler("readings")
        void dead(DeadLetter<String> letter) {
            context.close();
        }
    }

    static class FailingAfterwards extends Closer {

        final List<String> dead = new CopyOnWriteArrayList<>();

        @BatchHandler("readings")
        void handle(List<String> batch) {
            if (batch.contains("close")) {
                context.close();
                throw new IllegalStateException("after all");
            }
            handled.addAll(batch);
        }

        @DeadLetterHandler("readings")
        void dead(DeadLetter<String> letter) {
            dead.addAll(letter.items());
        }
    }

    static class Stopping extends Closer {

        @BatchHandler("readings")
        void handle(List<String> batch) {
            handled.addAll(batch);
            context.stop();
        }
    }

    static class Other {

        final List<Integer> handled = new CopyOnWriteArrayList<>();
        final Batcher<Integer> batcher;

        Other(Batcher<Integer> batcher) {
            this.batcher = batcher;
        }

        @BatchHandler("other")
        void handle(List<Integer> batch) throws InterruptedException {
            Thread.sleep(500); // with its handler when the context closes
            handled.addAll(batch);
        }
    }
}
