/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of the page: all exist, and none is loaded from another host. Tests tagged "browser" cover the behaviour. */
class StaticPageTest extends SampleTest {

    private static final Pattern LOADED = Pattern.compile("(?:src=|rel=\"[a-z]+\" href=|from )[\"']([^\"']+)[\"']");

    @Test
    void thePageAndAllThatItLoadsIsServedHere() {
        Set<String> seen = new TreeSet<>();
        Deque<String> toLoad = new ArrayDeque<>(Set.of("/"));
        while (!toLoad.isEmpty()) {
            String path = toLoad.pop();
            if (seen.add(path)) {
                String text = load(path);
                // The library's own text may contain URLs; it loads nothing.
                if (!path.startsWith("/webjars/")) {
                    assertThat(text.replace("http://www.w3.org/2000/svg", ""))
                            .as(path)
                            .doesNotContain("//www", "://");
                    LOADED.matcher(text).results().forEach(found -> toLoad.push(resolve(path, found.group(1))));
                }
            }
        }
        assertThat(seen)
                .contains(
                        "/styles.css",
                        "/js/app.js",
                        "/webjars/uplot/dist/uPlot.esm.js",
                        "/webjars/uplot/dist/uPlot.min.css");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/js/app.js", "/api/readings/count", "/nowhere"})
    void theBrowserIsToldToLoadNothingFromElsewhere(String path) {
        http.get()
                .uri(path)
                .exchange()
                .expectHeader()
                .value(
                        "Content-Security-Policy",
                        policy -> assertThat(policy)
                                .startsWith("default-src 'self';")
                                .doesNotContain("unsafe"))
                .expectHeader()
                .valueEquals("X-Content-Type-Options", "nosniff");
    }

    private String load(String path) {
        String text = http.get()
                .uri(path)
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(String.class)
                .returnResult()
                .getResponseBody();
        assertThat(text).as(path).isNotBlank();
        return text;
    }

    private static String resolve(String from, String reference) {
        return URI.create(from).resolve(reference).getPath();
    }
}
