/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.batcher.fixtures.CapturedLog;
import io.batcher.fixtures.LogAppender;
import io.batcher.fixtures.Plain;
import io.batcher.fixtures.TestThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Log handlers are user code: they run without the lock (G13), and one that throws or adds items stops no batcher. */
class LogHandlersTest {

    @Test
    void aLogHandlerThatAddsToTheFullBatcherDoesNotRecurse() {
        try (CapturedLog log = new CapturedLog();
                Plain plain = new Plain(builder -> builder.capacity(1).overflow(Overflow.DROP_NEWEST))) {
            plain.batcher.pause();
            plain.batcher.add("a");
            plain.batcher.add("dropped");
            plain.time.advance(Duration.ofMinutes(2));
            try (LogAppender submitting = new LogAppender(record -> plain.batcher.submit(record.getMessage()))) {
                assertThatCode(() -> plain.batcher.add("dropped too")).doesNotThrowAnyException();
            }
            assertThat(log.lines()).filteredOn(line -> line.contains("dropped")).hasSizeLessThan(5);
        }
    }

    @Test
    void aLogHandlerThatThrowsChangesNothing() {
        try (CapturedLog quiet = new CapturedLog();
                LogAppender throwing = new LogAppender(record -> {
                    throw new IllegalStateException("log");
                })) {
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
        }
    }

    @Test
    void aLogHandlerRunsWithoutTheLock() {
        try (CapturedLog quiet = new CapturedLog();
                Plain plain = new Plain(builder -> builder.capacity(1).overflow(Overflow.DROP_NEWEST))) {
            plain.batcher.pause();
            plain.batcher.add("a");
            plain.batcher.add("dropped");
            List<String> found = new ArrayList<>();
            try (LogAppender calling = new LogAppender(record -> {
                if (record.getMessage().contains("dropped")) {
                    found.add(isLockFree(plain.batcher) ? "free" : "locked");
                }
            })) {
                plain.time.advance(Duration.ofMinutes(2));
                plain.batcher.add("dropped too");
                plain.batcher.resume();
                plain.advanceMillis(500);
            }
            assertThat(found).isNotEmpty().containsOnly("free");
        }
    }

    private static boolean isLockFree(Batcher<String> batcher) {
        try {
            TestThreads.runAndWait(() -> batcher.add("b")); // the call takes the lock to count the dropped item
            return true;
        } catch (Exception e) {
            return false;
        }
    }
}
