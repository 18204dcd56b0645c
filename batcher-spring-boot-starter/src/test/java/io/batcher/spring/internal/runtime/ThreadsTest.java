/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.runtime;

import static io.batcher.spring.fixtures.HandlerThreads.deliver;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.batcher.Batcher;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.fixtures.Contexts;
import io.batcher.spring.fixtures.HandlerThreads;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.concurrent.ConcurrentTaskScheduler;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/** S4: where ticks and handlers run. */
class ThreadsTest {

    private final ApplicationContextRunner contexts = Contexts.inRealTime()
            .withUserConfiguration(HandlerThreads.class)
            .withPropertyValues("batcher.instances.readings.interval=1ms");

    /** The first item may come with a request, whose user's name, class loader and group are not the next one's. */
    @Test
    void theStartersThreadsInheritNothingFromTheThreadWhoseCallMadeThem() {
        InheritableThreadLocal<String> user = new InheritableThreadLocal<>();
        CompletableFuture<List<Object>> seen = new CompletableFuture<>();
        contexts.withPropertyValues("spring.threads.virtual.enabled=false")
                .withBean(
                        "first",
                        First.class,
                        () -> new First(() -> {
                            Thread thread = Thread.currentThread();
                            ThreadGroup outer = thread.getThreadGroup().getParent();
                            seen.complete(Arrays.asList(
                                    user.get(), thread.getPriority(), outer, thread.getContextClassLoader()));
                        }))
                .run(context -> {
                    Batcher<String> batcher =
                            context.getBean(BatcherRegistry.class).get("first", String.class);
                    Thread request = new Thread(new ThreadGroup("requests"), () -> {
                        user.set("first user");
                        batcher.add("a");
                        batcher.flush();
                    });
                    request.setPriority(Thread.MIN_PRIORITY);
                    request.setContextClassLoader(null);
                    request.start();
                    assertThat(seen.get(10, TimeUnit.SECONDS))
                            .containsExactly(null, Thread.NORM_PRIORITY, null, context.getClassLoader());
                });
    }

    /** Also where Spring's executors let virtual threads inherit inheritable thread locals. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theStartersThreadsInheritNoThreadLocalsOrClassLoader(boolean virtual) {
        InheritableThreadLocal<String> user = new InheritableThreadLocal<>();
        CompletableFuture<List<Object>> seen = new CompletableFuture<>();
        Runnable handler = () ->
                seen.complete(Arrays.asList(user.get(), Thread.currentThread().getContextClassLoader()));
        contexts.withPropertyValues("spring.threads.virtual.enabled=" + virtual)
                .withBean("first", First.class, () -> new First(handler))
                .run(context -> {
                    Batcher<String> batcher =
                            context.getBean(BatcherRegistry.class).get("first", String.class);
                    Thread request = new Thread(() -> {
                        user.set("first user");
                        batcher.add("a");
                        batcher.flush();
                    });
                    request.setContextClassLoader(null);
                    request.start();
                    assertThat(seen.get(10, TimeUnit.SECONDS)).containsExactly(null, context.getClassLoader());
                });
    }

    static class First {

        private final Runnable handler;

        First(Runnable handler) {
            this.handler = handler;
        }

        @BatchHandler("first")
        void handle(List<String> batch) {
            handler.run();
        }
    }

    @Test
    void ticksComeFromTheStartersOwnSchedulerAndHandlersRunOnTheBatcherExecutor() {
        contexts.run(context -> {
            Thread handler = deliver(context);
            assertThat(handler.getName()).startsWith("batcher-").doesNotStartWith("batcher-timer-");
            assertThat(handler.isDaemon()).isTrue();
            ThreadPoolTaskScheduler scheduler =
                    context.getBean(BatcherThreads.class).ownScheduler();
            assertThat(scheduler.getScheduledThreadPoolExecutor().getTaskCount())
                    .isPositive();
            assertThat(scheduler.isDaemon()).isTrue();
            assertThat(scheduler.getScheduledThreadPoolExecutor().getRemoveOnCancelPolicy())
                    .isTrue();
        });
    }

    @Test
    void timersAreAcceptedAfterTheContextHasBegunToClose() {
        contexts.run(context -> {
            TaskScheduler scheduler = context.getBean(BatcherThreads.class).ownScheduler();
            context.publishEvent(new ContextClosedEvent(context.getSourceApplicationContext()));
            CompletableFuture<Void> ran = new CompletableFuture<>();
            scheduler.schedule(() -> ran.complete(null), Instant.now());
            ran.join();
            assertThat(deliver(context).getName()).startsWith("batcher-");
        });
    }

    @Test
    void timersMayComeFromANamedBean() {
        contexts.withUserConfiguration(OtherSchedulers.class)
                .withPropertyValues("batcher.scheduler=recording")
                .run(context -> {
                    deliver(context);
                    assertThat(context.getBean(Recording.class).count).isPositive();
                });
    }

    @Test
    void timersMayComeFromANamedExecutorServiceToo() {
        contexts.withUserConfiguration(OtherSchedulers.class)
                .withPropertyValues("batcher.scheduler=service")
                .run(context -> assertThat(deliver(context)).isNotNull());
    }

    @Test
    void beansOfTheSameNamesReplaceTheStarters() {
        contexts.withUserConfiguration(ReplacedThreads.class).run(context -> {
            assertThat(deliver(context).getName()).startsWith("replaced-executor-");
            assertThat(context.getBean("batcherTaskScheduler")).isInstanceOf(Recording.class);
            assertThat(context.getBean(Recording.class).count).isPositive();
        });
    }

    static Stream<Arguments> schedulersOfUsers() {
        return Stream.of(
                arguments(ThreadPoolTaskScheduler.class, (Supplier<?>) ThreadPoolTaskScheduler::new),
                arguments(SimpleAsyncTaskScheduler.class, (Supplier<?>) SimpleAsyncTaskScheduler::new),
                arguments(ConcurrentTaskScheduler.class, (Supplier<?>)
                        () -> new ConcurrentTaskScheduler(Executors.newSingleThreadScheduledExecutor())),
                arguments(ScheduledExecutorService.class, (Supplier<?>) Executors::newSingleThreadScheduledExecutor));
    }

    @ParameterizedTest
    @MethodSource("schedulersOfUsers")
    <T> void anyKindOfSchedulerReplacesTheStarters(Class<T> type, Supplier<T> scheduler) {
        contexts.withBean("batcherTaskScheduler", type, scheduler).run(context -> {
            assertThat(deliver(context)).isNotNull();
            assertThat(context.getBean(BatcherThreads.class).ownScheduler()).isNull();
        });
    }

    @Test
    void beansOfTheSameNamesThatAreNoThreadsStopTheStart() {
        contexts.withBean("batcherTaskScheduler", String.class, () -> "text")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining(
                                "The timers of batchers come from the bean 'batcherTaskScheduler', which is a"
                                        + " java.lang.String."));
        contexts.withBean("batcherTaskExecutor", String.class, () -> "text")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining(
                                "The bean 'batcherTaskExecutor', which is to run the handlers of batchers,"
                                        + " is a java.lang.String."));
    }

    @Test
    void theStartersThreadsEndWithTheContext() {
        BatcherThreads[] threads = new BatcherThreads[1];
        contexts.withPropertyValues("spring.threads.virtual.enabled=false").run(context -> {
            threads[0] = context.getBean(BatcherThreads.class);
            deliver(context);
        });
        assertThat(threads[0].ownScheduler().getScheduledExecutor().isShutdown())
                .isTrue();
        assertThat(((ThreadPoolTaskExecutor) threads[0].ownExecutor())
                        .getThreadPoolExecutor()
                        .isShutdown())
                .isTrue();
    }

    @Test
    void handlersRunOnVirtualThreadsWhereTheApplicationDoesAndTheJvmHasThem() {
        boolean hasThem = Runtime.version().feature() >= 21;
        contexts.withPropertyValues("spring.threads.virtual.enabled=true").run(context -> {
            assertThat(context.getBean(BatcherThreads.class).ownExecutor())
                    .isInstanceOf(hasThem ? SimpleAsyncTaskExecutor.class : ThreadPoolTaskExecutor.class);
            Thread handler = deliver(context);
            assertThat(handler.getName()).startsWith("batcher-");
            if (hasThem) {
                assertThat(Thread.class.getMethod("isVirtual").invoke(handler)).isEqualTo(true);
            }
        });
    }

    @Test
    void aBatcherWithAStoreMayUseOneThreadMoreThanItsConcurrency(@TempDir Path directory) {
        ApplicationContextRunner few = contexts.withPropertyValues("spring.threads.virtual.enabled=false");
        few.run(context -> assertThat(mostThreads(context)).isEqualTo(1));
        few.withPropertyValues(
                        "batcher.defaults.store=file", "batcher.store.file.directory=" + directory.resolve("store"))
                .run(context -> assertThat(mostThreads(context)).isEqualTo(2));
    }

    private static int mostThreads(ApplicationContext context) {
        AsyncTaskExecutor executor = context.getBean(BatcherThreads.class).ownExecutor();
        return ((ThreadPoolTaskExecutor) executor).getCorePoolSize();
    }

    @Test
    void anIdleBatcherHasNoThread() {
        contexts.withPropertyValues("spring.threads.virtual.enabled=false").run(context -> {
            BatcherThreads threads = context.getBean(BatcherThreads.class);
            ThreadPoolExecutor handlers = ((ThreadPoolTaskExecutor) threads.ownExecutor()).getThreadPoolExecutor();
            ThreadPoolExecutor timer = threads.ownScheduler().getScheduledThreadPoolExecutor();
            assertThat(handlers.getPoolSize()).isZero();
            assertThat(timer.getPoolSize()).isZero();
            deliver(context);
            assertThat(timer.getPoolSize()).isEqualTo(1);
            awaitNoThread(handlers);
            awaitNoThread(timer);
            deliver(context);
        });
    }

    /** Idle threads end a while after their last work; to wait for that the test makes the while short. */
    private static void awaitNoThread(ThreadPoolExecutor pool) throws InterruptedException {
        assertThat(pool.getKeepAliveTime(TimeUnit.SECONDS)).isEqualTo(60);
        pool.setKeepAliveTime(1, TimeUnit.MILLISECONDS);
        long start = System.nanoTime();
        while (pool.getPoolSize() > 0 && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(10)) {
            Thread.sleep(1);
        }
        assertThat(pool.getPoolSize()).isZero();
    }

    /** Counts what it is asked to schedule. */
    static class Recording extends ThreadPoolTaskScheduler {

        volatile int count;

        @Override
        public ScheduledFuture<?> schedule(Runnable task, Instant startTime) {
            count++;
            return super.schedule(task, startTime);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OtherSchedulers {

        @Bean
        Recording recording() {
            return new Recording();
        }

        @Bean
        ScheduledExecutorService service() {
            return Executors.newSingleThreadScheduledExecutor();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ReplacedThreads {

        @Bean
        Recording batcherTaskScheduler() {
            return new Recording();
        }

        @Bean
        ThreadPoolTaskExecutor batcherTaskExecutor() {
            ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
            executor.setThreadNamePrefix("replaced-executor-");
            return executor;
        }
    }
}
