/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.actuate;

import io.batcher.Batcher;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatcherRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Configuration;

/** Calls of the endpoint, as curl makes them, over a real port. */
@SpringBootTest(
        classes = EndpointOverHttp.App.class,
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "management.endpoints.web.exposure.include=batchers",
            "batcher.defaults.interval=1h",
            "batcher.instances.stuck.max-batch-size=5",
            "batcher.endpoint.flush-timeout=300ms"
        })
abstract class EndpointOverHttp {

    @LocalServerPort
    int port;

    @Autowired
    BatcherRegistry registry;

    @Autowired
    App app;

    @AfterEach
    void deliverWhatIsLeft() {
        app.network = true;
        app.stuck.countDown();
        registry.all().forEach(Batcher::resume);
        registry.all().forEach(batcher -> batcher.flush().join());
        app.stored.clear();
        app.network = false;
        app.stuck = new CountDownLatch(1);
    }

    void add(String batcher, String item) {
        Batcher<String> typed = registry.get(batcher, String.class);
        typed.add(item);
    }

    /** On a connection of its own: a server may close one after an error. */
    static HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path).GET().build());
    }

    HttpResponse<String> post(String path) throws IOException, InterruptedException {
        return send(request(path).POST(BodyPublishers.noBody()).build());
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/actuator/batchers" + path));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class App {

        final List<String> stored = new CopyOnWriteArrayList<>();
        final CountDownLatch begun = new CountDownLatch(1);
        volatile CountDownLatch stuck = new CountDownLatch(1);
        volatile boolean network;

        @BatchHandler("readings")
        void store(List<String> batch) {
            stored.addAll(batch);
        }

        @BatchHandler("failing")
        void fail(List<String> batch) throws IOException {
            if (!network) {
                throw new IOException("no network for " + batch);
            }
        }

        @BatchHandler("stuck")
        void stick(List<String> batch) throws InterruptedException {
            if (batch.size() > 1) {
                begun.countDown();
            }
            stuck.await();
        }

        @BatchHandler("idle")
        void idle(List<String> batch) {}
    }
}
