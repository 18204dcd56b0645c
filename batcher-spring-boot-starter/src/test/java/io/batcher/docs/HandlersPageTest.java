/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.docs;

import static io.batcher.docs.Fixtures.cloud;
import static io.batcher.docs.Fixtures.reading;
import static io.batcher.spring.fixtures.Contexts.configOf;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.BatcherStats;
import io.batcher.docs.Fixtures.Reading;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The examples and claims of docs/handlers.md. */
class HandlersPageTest extends PageTest {

    HandlersPageTest() {
        super("docs/handlers.md");
    }

    @Test
    void anAsynchronousMethodHandlesBatches() {
        Class<?> sender = Examples.compiled(java("What may a handler look like?", 0));
        application(sender).run(context -> handles(readingsOf(context)));
    }

    @Test
    void anAsynchronousHandlerInPlainJava() throws Exception {
        handles(readings(java("What may a handler look like?", 1)));
    }

    @Test
    void readingsOfOneSensorKeepTheirOrder() {
        String section = "How do I keep one order per key?";
        Class<?> sender = Examples.compiled(java(section));
        Yaml.with(yaml(section), application(sender)).run(context -> {
            assertThat(configOf(context).concurrency()).isEqualTo(8);
            List<Reading> added =
                    List.of(new Reading("s1", 1), new Reading("s2", 2), new Reading("s1", 3), new Reading("s2", 4));
            readingsOf(context).addMany(added);
            advance(Duration.ofMillis(500));
            assertThat(cloud.stored().stream().collect(groupingBy(Reading::sensor)))
                    .isEqualTo(added.stream().collect(groupingBy(Reading::sensor)));
        });
    }

    private static void handles(Batcher<Reading> readings) {
        readings.add(reading);
        advance(Duration.ofMillis(500));
        assertThat(readings.stats())
                .extracting(BatcherStats::handled, BatcherStats::depth)
                .containsExactly(1L, 0);
    }

    @Test
    void aBatcherOfMyOwnWinsAndIsConnected() {
        Class<?> sender = Examples.compiled(java("What may a handler look like?", 0));
        Batcher<Reading> own = Fixtures.<Reading>builder("readings").build();
        application(sender)
                .withBean("readingsBatcher", Batcher.class, () -> own)
                .run(context -> {
                    assertThat(readingsOf(context)).isSameAs(own);
                    handles(own);
                });
    }
}
