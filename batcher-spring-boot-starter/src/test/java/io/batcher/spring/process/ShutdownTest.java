/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** S5, over a real SIGTERM: what anybody adds until the very end is in the database, through a connection pool. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "a process cannot be told to stop there, only be killed")
class ShutdownTest {

    /** Three times, or as often as -Dbatcher.shutdown.runs says. */
    static IntStream runs() {
        return IntStream.rangeClosed(1, Integer.getInteger("batcher.shutdown.runs", 3));
    }

    @ParameterizedTest
    @MethodSource("runs")
    void whatIsAddedUntilTheVeryEndIsStored(int run, @TempDir Path directory) throws Exception {
        String url = "jdbc:h2:file:" + directory.resolve("items") + ";DB_CLOSE_ON_EXIT=FALSE";
        JdbcClient database = database(url);
        database.sql("create table item (text varchar(30))").update();

        try (ForkedJvm application = ForkedJvm.start(
                ShutdownApplication.class,
                "--server.port=0",
                "--spring.main.banner-mode=off",
                "--spring.datasource.url=" + url,
                "--spring.datasource.username=sa",
                "--batcher.instances.waiting.interval=1h",
                "--batcher.instances.ticking.interval=20ms")) {
            int port = Integer.parseInt(application.awaitLine("port="));
            CompletableFuture<HttpResponse<Void>> inFlight = post(port, "request");
            CompletableFuture<HttpResponse<Void>> started = post(port, "asynchronous");
            application.awaitLine("begun");

            application.terminate();

            assertThat(application.awaitExit()).isEqualTo(128 + 15); // ended by SIGTERM, in good order
            assertThat(inFlight).as(application.output()).isCompletedWithValueMatching(ok());
            assertThat(started).isCompletedWithValueMatching(ok());
            assertThat(application.output())
                    .contains("HikariPool-1 - Shutdown completed.")
                    .doesNotContain(" WARN ", " ERROR ");
        }

        Collection<String> stored =
                database.sql("select text from item").query(String.class).list();
        assertThat(stored).containsExactlyInAnyOrderElementsOf(everything());
    }

    private static Predicate<HttpResponse<Void>> ok() {
        return response -> response.statusCode() == 200;
    }

    private static Collection<String> everything() {
        Stream<String> added = Stream.of("before", "request", "scheduled", "asynchronous", "destroyed")
                .flatMap(who -> IntStream.range(0, ShutdownApplication.ITEMS).mapToObj(i -> who + "-" + i));
        Stream<String> submitted =
                Stream.of("request", "scheduled", "asynchronous").map(who -> who + "-submitted");
        added = Stream.concat(Stream.of("first"), added);
        return Stream.concat(added, submitted).toList();
    }

    private static JdbcClient database(String url) {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL(url);
        source.setUser("sa");
        return JdbcClient.create(source);
    }

    private static CompletableFuture<HttpResponse<Void>> post(int port, String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/" + path))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        return HttpClient.newHttpClient().sendAsync(request, BodyHandlers.discarding());
    }
}
