/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import io.batcher.fixtures.CapturedLog;
import io.batcher.fixtures.Plain;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;

/**
 * P8 and D2: a burst of drops is logged once with a count, never per item; repeated failures are logged at once, then once a minute,
 * then the recovery; a pause is a warning.
 */
class LoggingTest {

    @Test
    void repeatedFailuresAreLoggedAtOnceThenOnceAMinuteThenTheRecovery() {
        try (CapturedLog log = new CapturedLog();
                Plain plain = new Plain()) {
            IllegalStateException cause = new IllegalStateException("no");
            plain.outcome = () -> {
                throw cause;
            };
            plain.batcher.addMany(List.of("a", "b"));
            plain.advanceMillis(500);
            assertThat(log.lines()).hasSize(1);
            assertThat(log.lines().get(0))
                    .matches("WARNING Batcher \"plain\" attempt 1 with batch plain-\\S+ of 2 items failed");
            assertThat(log.records().get(0).getThrown()).isSameAs(cause);

            plain.advanceMillis(59_999);
            assertThat(log.lines()).hasSize(1);
            plain.advanceMillis(1);
            assertThat(log.lines()).hasSize(2);
            assertThat(log.lines().get(1)).startsWith("WARNING Batcher \"plain\" attempt 121 with batch ");
            assertThat(log.lines().get(1)).endsWith(" of 2 items failed, after 119 failed attempts without a line");

            plain.time.advance(Duration.ofMinutes(3));
            assertThat(log.lines()).hasSize(5);
            plain.outcome = () -> {};
            plain.advanceMillis(500);
            assertThat(log.lines()).hasSize(6).endsWith("INFO Batcher \"plain\" recovered after 481 failed attempts");
            plain.batcher.add("c");
            plain.advanceMillis(500);
            assertThat(log.lines()).hasSize(6);
        }
    }

    @Test
    void aFailureAfterARecoveryIsLoggedAtOnce() {
        try (CapturedLog log = new CapturedLog();
                Plain plain = new Plain()) {
            for (int i = 0; i < 3; i++) {
                plain.outcome = () -> {
                    throw new IllegalStateException("no");
                };
                plain.batcher.add("a");
                plain.advanceMillis(500);
                plain.outcome = () -> {};
                plain.advanceMillis(500);
            }
            assertThat(log.at(Level.WARNING)).hasSize(3);
            assertThat(log.at(Level.INFO)).hasSize(3);
        }
    }

    @Test
    void withOnErrorFailuresAreNotLogged() {
        try (CapturedLog log = new CapturedLog();
                BatcherFixture rig = new BatcherFixture(CallStyle.SYNC)) {
            rig.fail(5).add("a").advanceMillis(5_000);
            assertThat(log.lines()).isEmpty();
        }
    }

    @Test
    void aBurstOfDropsIsLoggedOnceWithTheCount() {
        for (Overflow policy : new Overflow[] {Overflow.DROP_NEWEST, Overflow.DROP_OLDEST}) {
            try (CapturedLog log = new CapturedLog();
                    Plain plain = new Plain(builder -> builder.capacity(2).overflow(policy))) {
                plain.batcher.stopAutoFlush();
                plain.outcome = () -> {
                    for (int i = 0; i < 1_000; i++) {
                        plain.batcher.offer("x");
                    }
                };
                plain.batcher.addMany(List.of("a", "b"));
                plain.advanceMillis(0);
                plain.outcome = () -> {};
                plain.batcher.close();
                assertThat(log.lines())
                        .containsExactly("WARNING Batcher \"plain\" dropped 1000 items because its buffer was full; "
                                + "set onDrop to get them");
            }
        }
    }

    @Test
    void continuingDropsAreLoggedOnceAMinute() {
        try (CapturedLog log = new CapturedLog();
                Plain plain = new Plain(builder -> builder.capacity(1).overflow(Overflow.DROP_NEWEST))) {
            plain.batcher.add("a");
            plain.outcome = () -> {
                for (int second = 0; second < 600; second++) {
                    plain.batcher.add("dropped");
                    plain.advanceMillis(1_000);
                }
            };
            plain.advanceMillis(500);
            assertThat(log.at(Level.WARNING)).hasSizeBetween(9, 11);
            assertThat(log.lines().stream()
                            .mapToInt(line -> Integer.parseInt(line.replaceAll(".*dropped (\\d+) items.*", "$1")))
                            .sum())
                    .isEqualTo(600);
        }
    }

    @Test
    void withOnDropDropsAreNotLogged() {
        try (CapturedLog log = new CapturedLog();
                BatcherFixture rig = new BatcherFixture(
                        CallStyle.SYNC, builder -> builder.capacity(1).overflow(Overflow.DROP_NEWEST))) {
            rig.add("a", "b", "c").advanceMillis(5_000);
            assertThat(log.lines()).isEmpty();
            assertThat(rig.dropped).containsExactly("b", "c");
        }
    }

    @Test
    void rejectionsByTheExecutorAreLoggedOnceAMinute() {
        try (CapturedLog log = new CapturedLog();
                Plain plain = new Plain(builder -> builder.executor(task -> {
                    throw new RejectedExecutionException("full");
                }))) {
            plain.batcher.add("a");
            plain.advanceMillis(59_000);
            assertThat(log.lines()).hasSize(1);
            assertThat(log.records().get(0).getThrown()).isInstanceOf(RejectedExecutionException.class);
            plain.time.advance(Duration.ofMinutes(2));
            assertThat(log.lines()).hasSize(3);
            plain.batcher.close(Duration.ZERO);
        }
    }

    @Test
    void aPauseIsLoggedAsAWarning() {
        try (CapturedLog log = new CapturedLog();
                Plain plain = new Plain()) {
            plain.batcher.pause();
            assertThat(log.lines())
                    .containsExactly(
                            "WARNING Batcher \"plain\" is paused: it accepts items and delivers none until it is resumed");
            plain.batcher.pause();
            assertThat(log.lines()).hasSize(1);
            plain.batcher.resume();
            assertThat(log.lines()).hasSize(2).endsWith("INFO Batcher \"plain\" is resumed");
            plain.batcher.resume();
            assertThat(log.lines()).hasSize(2);
        }
    }

    @Test
    void aBatcherWithoutFailuresLogsNothing() {
        try (CapturedLog log = new CapturedLog()) {
            Plain plain = new Plain();
            plain.batcher.addMany(List.of("a", "b"));
            plain.batcher.flush();
            plain.batcher.drain();
            plain.batcher.startAutoFlush();
            plain.advanceMillis(5_000);
            plain.batcher.add("c");
            plain.batcher.close();
            plain.batcher.close();
            assertThat(log.lines()).isEmpty();
        }
    }
}
