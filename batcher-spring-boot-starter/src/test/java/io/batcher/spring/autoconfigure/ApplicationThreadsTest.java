/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatcherRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/** S4: the application's own scheduling and executors are left alone. */
class ApplicationThreadsTest {

    private final ApplicationContextRunner contexts = Contexts.inRealTime()
            .withUserConfiguration(Readings.class)
            .withPropertyValues("batcher.instances.readings.interval=1ms");

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

    private static Thread deliver(AssertableApplicationContext context) {
        Batcher<String> batcher = context.getBean(BatcherRegistry.class).get("readings", String.class);
        batcher.submit("item").join();
        Thread thread = context.getBean(Readings.class).threads.get("item");
        assertThat(thread).isNotNull();
        return thread;
    }

    static class Readings {

        final Map<String, Thread> threads = new ConcurrentHashMap<>();

        @BatchHandler("readings")
        void handle(List<String> batch) {
            batch.forEach(item -> threads.put(item, Thread.currentThread()));
        }
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

        @Autowired
        private Map<String, Executor> allExecutors;

        private final CompletableFuture<Thread> scheduled = new CompletableFuture<>();
        private final CompletableFuture<Thread> asynchronous = new CompletableFuture<>();

        public Map<String, Executor> allExecutors() {
            return allExecutors;
        }

        public Thread scheduledOn() {
            return scheduled.join();
        }

        public Thread asyncOn() {
            return asynchronous.join();
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
