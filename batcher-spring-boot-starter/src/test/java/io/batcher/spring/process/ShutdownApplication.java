/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.process;

import io.batcher.Batcher;
import io.batcher.spring.BatchHandler;
import jakarta.annotation.PreDestroy;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Has everything at work when it is told to stop: a request, a scheduled job, an asynchronous task. Each begins to add when
 * the context closes, as does a bean when it is destroyed, and items wait that were added before.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableScheduling
@EnableAsync(proxyTargetClass = true)
class ShutdownApplication {

    static final int ITEMS = 50;

    public static void main(String[] args) {
        SpringApplication.run(ShutdownApplication.class, args);
    }

    @Bean
    Work work(@Qualifier("waiting") Batcher<String> waiting, @Qualifier("ticking") Batcher<String> ticking) {
        return new Work(waiting, ticking);
    }

    @Bean
    Store store(JdbcClient database) {
        return new Store(database);
    }

    @Bean
    LastWords lastWords(@Qualifier("waiting") Batcher<String> waiting) {
        return new LastWords(waiting);
    }

    static class Store {

        private final JdbcClient database;

        Store(JdbcClient database) {
            this.database = database;
        }

        @Transactional
        @BatchHandler("waiting")
        void storeWaiting(List<String> batch) {
            store(batch);
        }

        @Transactional
        @BatchHandler("ticking")
        void storeTicking(List<String> batch) {
            store(batch);
        }

        private void store(List<String> batch) {
            batch.forEach(item ->
                    database.sql("insert into item values (?)").param(item).update());
        }
    }

    /** The items of the batcher "waiting" would have to wait for an hour, those of "ticking" are waited for by the caller. */
    static class Work {

        private final Batcher<String> waiting;
        private final Batcher<String> ticking;
        private final CountDownLatch begun = new CountDownLatch(3);
        private final CountDownLatch closing = new CountDownLatch(1);

        Work(Batcher<String> waiting, Batcher<String> ticking) {
            this.waiting = waiting;
            this.ticking = ticking;
        }

        @EventListener
        void ready(ApplicationReadyEvent event) throws InterruptedException {
            ticking.submit("first").join();
            addAll(waiting, "before");
            System.out.println(
                    "port=" + event.getApplicationContext().getEnvironment().getProperty("local.server.port"));
            begun.await();
            System.out.println("begun");
        }

        @EventListener
        void closing(ContextClosedEvent event) {
            closing.countDown();
        }

        @Scheduled(fixedDelay = Long.MAX_VALUE / 1_000_000)
        void scheduled() throws InterruptedException {
            addWhenClosing("scheduled");
        }

        @Async
        void asynchronous() throws InterruptedException {
            addWhenClosing("asynchronous");
        }

        void addWhenClosing(String who) throws InterruptedException {
            begun.countDown();
            closing.await();
            addAll(waiting, who);
            ticking.submit(who + "-submitted").join();
        }
    }

    @RestController
    static class Api {

        private final Work work;

        Api(Work work) {
            this.work = work;
        }

        @PostMapping("/request")
        void request(HttpServletResponse response) throws InterruptedException, IOException {
            work.addWhenClosing("request");
            // Within the request: what is still unsent when it ends, Tomcat may lose as it stops.
            response.setContentLength(2);
            response.getOutputStream().print("ok");
            response.flushBuffer();
        }

        @PostMapping("/asynchronous")
        void asynchronous() throws InterruptedException {
            work.asynchronous();
        }
    }

    static class LastWords {

        private final Batcher<String> waiting;

        LastWords(Batcher<String> waiting) {
            this.waiting = waiting;
        }

        @PreDestroy
        void speak() {
            addAll(waiting, "destroyed");
        }
    }

    private static void addAll(Batcher<String> batcher, String who) {
        for (int i = 0; i < ITEMS; i++) {
            batcher.add(who + "-" + i);
        }
    }
}
