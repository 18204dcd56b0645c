/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** Log handlers are code of the user's too: they run under no lock (G13) and cannot stop a batcher. */
class LogHandlersTest {

    @Test
    void aLogHandlerThatWritesToTheFullBatcherDoesNotRunForEver() {
        try (CapturedLog log = new CapturedLog();
                Plain plain = new Plain(builder -> builder.capacity(1).overflow(Overflow.DROP_NEWEST))) {
            Handler appender = new Handler() {
                @Override
                public void publish(LogRecord record) {
                    plain.batcher.submit(record.getMessage());
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };
            Logger logger = Logger.getLogger("io.batcher");
            plain.batcher.pause();
            plain.batcher.add("a");
            plain.batcher.add("dropped");
            plain.time.advance(Duration.ofMinutes(2));
            logger.addHandler(appender);
            try {
                assertThatCode(() -> plain.batcher.add("dropped too")).doesNotThrowAnyException();
            } finally {
                logger.removeHandler(appender);
            }
            assertThat(log.lines()).filteredOn(line -> line.contains("dropped")).hasSizeLessThan(5);
        }
    }

    @Test
    void aLogHandlerThatThrowsChangesNothing() {
        Handler throwing = new Handler() {
            @Override
            public void publish(LogRecord record) {
                throw new IllegalStateException("log");
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger("io.batcher");
        try (CapturedLog quiet = new CapturedLog()) {
            logger.addHandler(throwing);
            RetryPolicy twice = RetryPolicy.builder().maxAttempts(2).build();
            Plain plain = new Plain(builder -> builder.retry(twice).capacity(1).overflow(Overflow.DROP_OLDEST));
            plain.outcome = () -> {
                throw new OutOfMemoryError("no");
            };
            plain.batcher.pause();
            plain.batcher.add("a");
            plain.batcher.add("b");
            plain.batcher.resume();
            plain.advanceMillis(2_000);
            plain.outcome = () -> {};
            plain.batcher.add("c");
            plain.advanceMillis(2_000);
            plain.batcher.close();
            BatcherStats stats = plain.batcher.stats();
            assertThat(List.of(stats.accepted(), stats.dropped(), stats.deadLettered(), stats.handled()))
                    .containsExactly(3L, 1L, 1L, 1L);
        } finally {
            logger.removeHandler(throwing);
        }
    }

    private static void onAnotherThread(Runnable call) throws Exception {
        FutureTask<Void> task = new FutureTask<>(call, null);
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        thread.start();
        task.get(5, TimeUnit.SECONDS);
    }

    @Test
    void aLogHandlerRunsUnderNoLockToo() {
        try (CapturedLog quiet = new CapturedLog();
                Plain plain = new Plain(builder -> builder.capacity(1).overflow(Overflow.DROP_NEWEST))) {
            plain.batcher.pause();
            plain.batcher.add("a");
            plain.batcher.add("dropped");
            List<String> found = new ArrayList<>();
            Handler handler = new Handler() {
                @Override
                public void publish(LogRecord record) {
                    if (!record.getMessage().contains("dropped")) {
                        return;
                    }
                    try {
                        onAnotherThread(() -> plain.batcher.add("b")); // dropped, so this counts it
                        found.add("free");
                    } catch (Exception e) {
                        found.add("locked");
                    }
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };
            Logger logger = Logger.getLogger("io.batcher");
            logger.addHandler(handler);
            try {
                plain.time.advance(Duration.ofMinutes(2));
                plain.batcher.add("dropped too");
                plain.batcher.resume();
                plain.advanceMillis(500);
            } finally {
                logger.removeHandler(handler);
            }
            assertThat(found).isNotEmpty().containsOnly("free");
        }
    }
}
