/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.runtime;

import static io.batcher.spring.fixtures.HandlerThreads.deliver;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.spring.autoconfigure.BatcherAutoConfiguration;
import io.batcher.spring.fixtures.Contexts;
import io.batcher.spring.fixtures.HandlerThreads;
import io.batcher.spring.testing.UseVirtualTime;
import io.batcher.testing.VirtualTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.TaskExecutor;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/** S4: the application's own scheduling and executors are left alone. */
class ApplicationThreadsTest {

    private final ApplicationContextRunner contexts = Contexts.inRealTime()
            .withUserConfiguration(HandlerThreads.class)
            .withPropertyValues("batcher.instances.readings.interval=1ms");

    /** As {@link #contexts}, but without the task auto-configurations of Spring Boot. */
    private final ApplicationContextRunner bare = new ApplicationContextRunner()
            .withConfiguration(Contexts.OF_OPTIONAL_LIBRARIES)
            .withConfiguration(AutoConfigurations.of(BatcherAutoConfiguration.class))
            .withUserConfiguration(HandlerThreads.class)
            .withPropertyValues("batcher.instances.readings.interval=1ms");

    /** The same application without the starter. */
    private final ApplicationContextRunner without = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(TaskExecutionAutoConfiguration.class, TaskSchedulingAutoConfiguration.class));

    @Test
    void theApplicationsSchedulingAndExecutorsAreBootsOwnAsEver() {
        contexts.withUserConfiguration(Scheduling.class).run(context -> {
            assertThat(context).hasBean("taskScheduler").hasBean("applicationTaskExecutor");
            Jobs jobs = context.getBean(Jobs.class);
            assertThat(jobs.scheduledOn().getName()).startsWith("scheduling-");
            jobs.async();
            assertThat(jobs.asyncOn().getName()).startsWith("task-");
            assertThat(context.getBeanProvider(TaskScheduler.class).getObject())
                    .isSameAs(context.getBean("taskScheduler"));
            assertThat(jobs.allExecutors()).doesNotContainKeys("batcherTaskExecutor", "batcherTaskScheduler");
        });
    }

    @Test
    void aSchedulerOfTheApplicationIsUsedForItsJobs() {
        contexts.withUserConfiguration(Scheduling.class, OwnScheduler.class).run(context -> {
            assertThat(context.getBean(Jobs.class).scheduledOn().getName()).startsWith("own-scheduler-");
            assertThat(deliver(context).getName()).startsWith("batcher-");
        });
    }

    @Test
    void anExecutorOfTheApplicationIsUsedForItsJobs() {
        contexts.withUserConfiguration(Asynchronous.class, OwnExecutor.class).run(context -> {
            Jobs jobs = context.getBean(Jobs.class);
            jobs.async();
            assertThat(jobs.asyncOn().getName()).startsWith("own-executor-");
            assertThat(deliver(context).getName()).startsWith("batcher-");
        });
    }

    /** What the application finds by type is what it finds without the starter. */
    @ParameterizedTest
    @ValueSource(
            classes = {
                TaskScheduler.class,
                Executor.class,
                ExecutorService.class,
                ScheduledExecutorService.class,
                TaskExecutor.class,
                AsyncTaskExecutor.class,
                ThreadPoolTaskScheduler.class,
                ThreadPoolTaskExecutor.class
            })
    void noBeanOfSuchATypeIsTheStarters(Class<?> type) {
        for (Class<?> configuration :
                List.of(Scheduling.class, OwnService.class, OwnScheduler.class, HandlerThreads.class)) {
            without.withUserConfiguration(configuration)
                    .run(plain -> contexts.withUserConfiguration(configuration).run(context -> {
                        deliver(context);
                        assertThat(context.getBeanNamesForType(type)).containsExactly(plain.getBeanNamesForType(type));
                    }));
        }
    }

    @Test
    void anExecutorServiceOfTheApplicationIsUsedForItsJobs() {
        contexts.withUserConfiguration(Scheduling.class, OwnService.class).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(context.getBean(Jobs.class).scheduledOn().getName()).startsWith("own-service-");
            assertThat(context.getBeansOfType(TaskScheduler.class)).isEmpty();
            assertThat(deliver(context).getName()).startsWith("batcher-");
        });
    }

    @Test
    void withoutTheTaskAutoConfigurationsOfBootTheApplicationHasSpringsDefaults() {
        bare.withUserConfiguration(Scheduling.class).run(context -> {
            assertThat(context).hasNotFailed();
            Jobs jobs = context.getBean(Jobs.class);
            assertThat(jobs.scheduledOn().getName()).startsWith("pool-"); // a thread of Spring's registrar
            jobs.async();
            assertThat(jobs.asyncOn().getName()).startsWith("SimpleAsyncTaskExecutor-");
            assertThat(context.getBeansOfType(TaskScheduler.class)).isEmpty();
            assertThat(context.getBeansOfType(Executor.class)).isEmpty();
            assertThat(deliver(context).getName()).startsWith("batcher-");
        });
    }

    @Test
    void aJobThatNeverEndsKeepsNoBatcherWaiting() {
        for (Class<?> configuration : List.of(OwnService.class, HandlerThreads.class)) {
            bare.withUserConfiguration(Stuck.class, configuration).run(context -> {
                Stuck stuck = context.getBean(Stuck.class);
                assertThat(stuck.begun.await(10, TimeUnit.SECONDS)).isTrue();
                try {
                    assertThat(deliver(context).getName()).startsWith("batcher-");
                } finally {
                    stuck.over.countDown();
                }
            });
        }
    }

    @Test
    void conditionsOfTheApplicationOnMissingThreadsMatch() {
        bare.withConfiguration(AutoConfigurations.of(FallbackThreads.class))
                .run(context -> assertThat(context).hasBean("fallbackScheduler").hasBean("fallbackExecutor"));
    }

    @Test
    void virtualTimeIsNoExecutorOfTheApplicationEither() {
        contexts.withUserConfiguration(
                        UseVirtualTime.VirtualTimeConfiguration.class, Scheduling.class, InjectedTime.class)
                .run(context -> {
                    assertThat(context).hasNotFailed().hasBean("applicationTaskExecutor");
                    Jobs jobs = context.getBean(Jobs.class);
                    jobs.async();
                    assertThat(jobs.asyncOn().getName()).startsWith("task-");
                    assertThat(jobs.allExecutors()).containsOnlyKeys("applicationTaskExecutor", "taskScheduler");
                    assertThat(context.getBean(InjectedTime.class).time).isSameAs(context.getBean(VirtualTime.class));
                });
    }

    @Configuration(proxyBeanMethods = false)
    @EnableScheduling
    @EnableAsync
    static class Scheduling {

        @Bean
        Jobs jobs() {
            return new Jobs();
        }
    }

    public static class Jobs {

        @Autowired(required = false)
        private Map<String, Executor> allExecutors;

        private final CompletableFuture<Thread> scheduled = new CompletableFuture<>();
        private final CompletableFuture<Thread> asynchronous = new CompletableFuture<>();

        public Map<String, Executor> allExecutors() {
            return allExecutors;
        }

        public Thread scheduledOn() {
            return scheduled.orTimeout(10, TimeUnit.SECONDS).join();
        }

        public Thread asyncOn() {
            return asynchronous.orTimeout(10, TimeUnit.SECONDS).join();
        }

        @Scheduled(fixedDelay = 1)
        public void scheduled() {
            scheduled.complete(Thread.currentThread());
        }

        @Async
        public void async() {
            asynchronous.complete(Thread.currentThread());
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAsync
    static class Asynchronous {

        @Bean
        Jobs jobs() {
            return new Jobs();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnService {

        @Bean
        ScheduledExecutorService ownService() {
            return Executors.newSingleThreadScheduledExecutor(new CustomizableThreadFactory("own-service-"));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableScheduling
    static class Stuck {

        final CountDownLatch begun = new CountDownLatch(1);
        final CountDownLatch over = new CountDownLatch(1);

        @Scheduled(fixedDelay = 1)
        void scheduled() throws InterruptedException {
            begun.countDown();
            over.await();
        }
    }

    @AutoConfiguration(after = BatcherAutoConfiguration.class)
    static class FallbackThreads {

        @Bean
        @ConditionalOnMissingBean
        TaskScheduler fallbackScheduler() {
            return new ThreadPoolTaskScheduler();
        }

        @Bean
        @ConditionalOnMissingBean(value = Executor.class, ignored = TaskScheduler.class)
        Executor fallbackExecutor() {
            return new ThreadPoolTaskExecutor();
        }
    }

    static class InjectedTime {

        final VirtualTime time;

        InjectedTime(VirtualTime time) {
            this.time = time;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnScheduler {

        @Bean
        ThreadPoolTaskScheduler mine() {
            ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
            scheduler.setThreadNamePrefix("own-scheduler-");
            return scheduler;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnExecutor {

        @Bean
        ThreadPoolTaskExecutor own() {
            ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
            executor.setThreadNamePrefix("own-executor-");
            return executor;
        }
    }
}
