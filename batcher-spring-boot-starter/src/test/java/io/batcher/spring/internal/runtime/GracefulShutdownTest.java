/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.fixtures.Reading;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** S5: a request that is in flight when the application stops still gets its item into the database. */
class GracefulShutdownTest {

    private static final String URL = "jdbc:h2:mem:graceful;DB_CLOSE_DELAY=-1";

    @Test
    void aRequestInFlightStillReachesTheHandlerWhichStillHasItsDatabase() throws Exception {
        JdbcDataSource outside = new JdbcDataSource();
        outside.setURL(URL);
        outside.setUser("sa");
        JdbcClient database = JdbcClient.create(outside);
        database.sql("create table reading (sensor varchar(20))").update();
        ConfigurableApplicationContext context = new SpringApplicationBuilder(App.class)
                .properties("server.port=0", "spring.main.banner-mode=off", "spring.datasource.url=" + URL)
                .properties("batcher.instances.readings.interval=20ms", "batcher.instances.late.interval=1h")
                .run();
        int port = ((WebServerApplicationContext) context).getWebServer().getPort();

        CompletableFuture<HttpResponse<String>> waits = post(port, "waits");
        CompletableFuture<HttpResponse<String>> leaves = post(port, "leaves");
        context.getBean(Readings.class).requests().await();
        context.close();

        assertThat(waits.join().statusCode()).isEqualTo(200);
        assertThat(leaves.join().statusCode()).isEqualTo(200);
        assertThat(database.sql("select sensor from reading order by sensor")
                        .query(String.class)
                        .list())
                .containsExactly("leaves", "waits");
    }

    private static CompletableFuture<HttpResponse<String>> post(int port, String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/" + path))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        return HttpClient.newHttpClient().sendAsync(request, BodyHandlers.ofString());
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class App {

        @Bean
        Readings readings(JdbcClient database) {
            return new Readings(database);
        }

        @Bean
        Api api(Readings readings, Batcher<Reading> readingsBatcher, Batcher<String> lateBatcher) {
            return new Api(readings, readingsBatcher, lateBatcher);
        }
    }

    static class Readings {

        private final JdbcClient database;
        private final CountDownLatch requests = new CountDownLatch(2);
        private final CountDownLatch closing = new CountDownLatch(1);

        Readings(JdbcClient database) {
            this.database = database;
        }

        CountDownLatch requests() {
            return requests;
        }

        CountDownLatch closing() {
            return closing;
        }

        @EventListener
        void closing(ContextClosedEvent event) {
            closing.countDown();
        }

        @Transactional
        @BatchHandler("readings")
        void store(List<Reading> batch) {
            batch.forEach(reading -> insert(reading.sensor()));
        }

        @Transactional
        @BatchHandler("late")
        void storeLate(List<String> batch) {
            batch.forEach(this::insert);
        }

        private void insert(String sensor) {
            database.sql("insert into reading values (?)").param(sensor).update();
        }
    }

    @RestController
    static class Api {

        private final Readings readings;
        private final Batcher<Reading> batcher;
        private final Batcher<String> late;

        Api(Readings readings, Batcher<Reading> batcher, Batcher<String> late) {
            this.readings = readings;
            this.batcher = batcher;
            this.late = late;
        }

        /** Adds when the application is closing already, and waits for the tick that delivers its item. */
        @PostMapping("/waits")
        void waits(HttpServletResponse response) throws InterruptedException, IOException {
            untilClosing();
            batcher.submit(new Reading("waits")).join();
            answer(response);
        }

        /** Adds when the application is closing already, an item whose tick would come much later. */
        @PostMapping("/leaves")
        void leaves(HttpServletResponse response) throws InterruptedException, IOException {
            untilClosing();
            late.add("leaves");
            answer(response);
        }

        /** Within the request: what is still unsent when it ends, Tomcat may lose as it stops. */
        private static void answer(HttpServletResponse response) throws IOException {
            response.setContentLength(2);
            response.getOutputStream().print("ok");
            response.flushBuffer();
        }

        private void untilClosing() throws InterruptedException {
            readings.requests().countDown();
            readings.closing().await();
        }
    }
}
