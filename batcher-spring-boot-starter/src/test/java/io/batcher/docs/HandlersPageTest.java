/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.docs;

import static io.batcher.docs.Fixtures.reading;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.BatcherStats;
import io.batcher.docs.Fixtures.Reading;
import java.time.Duration;
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
