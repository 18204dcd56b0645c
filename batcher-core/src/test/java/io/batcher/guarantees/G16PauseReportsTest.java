/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static io.batcher.fixtures.TestThreads.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.BatcherListener;
import io.batcher.BatcherState;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import io.batcher.fixtures.CapturedLog;
import io.batcher.fixtures.TestThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** G16, pauses: the last report to listeners and log is the current state, and no two successive reports are equal. */
class G16PauseReportsTest {

    /** Records the reports, and marks a report that overlaps another. */
    private static class Recorder implements BatcherListener {
        final List<String> told = new ArrayList<>();
        private final AtomicBoolean busy = new AtomicBoolean();

        synchronized List<String> told() {
            return List.copyOf(told);
        }

        private void tell(String what) {
            boolean overlaps = !busy.compareAndSet(false, true);
            synchronized (this) {
                told.add(overlaps ? "overlapping " + what : what);
            }
            during(what);
            busy.set(false);
        }

        void during(String what) {}

        @Override
        public void onPaused(String batcher) {
            tell("paused");
        }

        @Override
        public void onResumed(String batcher) {
            tell("resumed");
        }
    }

    private static Batcher<String> batcher(BatcherListener listener) {
        return Batcher.<String>builder("pausing")
                .handler(batch -> {})
                .listener(listener)
                .build();
    }

    @Test
    void aChangeDuringAReportIsReportedAfterIt() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Recorder recorder = new Recorder() {
            @Override
            void during(String what) {
                if (what.equals("paused") && inside.getCount() > 0) {
                    inside.countDown();
                    await(goOn);
                }
            }
        };
        try (CapturedLog log = new CapturedLog();
                Batcher<String> batcher = batcher(recorder)) {
            CompletableFuture<Void> paused = TestThreads.run(batcher::pause);
            await(inside);
            batcher.resume(); // returns at once: the other call makes the report
            assertThat(recorder.told()).containsExactly("paused");
            batcher.pause();
            batcher.resume();
            assertThat(batcher.stats().state()).isEqualTo(BatcherState.RUNNING);
            goOn.countDown();
            paused.get(10, TimeUnit.SECONDS);
            assertThat(recorder.told()).containsExactly("paused", "resumed");
            assertThat(log.lines())
                    .containsExactly(
                            "WARNING Batcher \"pausing\" is paused: it accepts items and delivers none until it is resumed",
                            "INFO Batcher \"pausing\" is resumed");
        }
    }

    @Test
    void aResumeAndAPauseDuringAReportAreNotReported() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Recorder recorder = new Recorder() {
            @Override
            void during(String what) {
                inside.countDown();
                await(goOn);
            }
        };
        try (CapturedLog quiet = new CapturedLog();
                Batcher<String> batcher = batcher(recorder)) {
            CompletableFuture<Void> paused = TestThreads.run(batcher::pause);
            await(inside);
            batcher.resume();
            batcher.pause();
            goOn.countDown();
            paused.get(10, TimeUnit.SECONDS);
            assertThat(recorder.told()).containsExactly("paused");
        }
    }

    @Test
    void aListenerMayResumeTheBatcher() {
        List<Batcher<String>> batchers = new ArrayList<>();
        Recorder recorder = new Recorder() {
            @Override
            void during(String what) {
                if (what.equals("paused")) {
                    batchers.get(0).resume();
                }
            }
        };
        try (CapturedLog quiet = new CapturedLog();
                Batcher<String> batcher = batcher(recorder)) {
            batchers.add(batcher);
            batcher.pause();
            assertThat(recorder.told()).containsExactly("paused", "resumed");
            assertThat(batcher.stats().state()).isEqualTo(BatcherState.RUNNING);
        }
    }

    @Test
    void aListenerThatThrowsReceivesLaterReports() {
        Recorder recorder = new Recorder() {
            @Override
            void during(String what) {
                throw new AssertionError("no");
            }

            @Override
            public void onPaused(String batcher) {
                told.add("paused");
                during("paused");
            }

            @Override
            public void onResumed(String batcher) {
                told.add("resumed");
                during("resumed");
            }
        };
        try (CapturedLog quiet = new CapturedLog();
                Batcher<String> batcher = batcher(recorder)) {
            batcher.pause();
            batcher.resume();
            batcher.pause();
            assertThat(recorder.told()).containsExactly("paused", "resumed", "paused");
        }
    }

    /** Two real threads pause and resume at the same moment in each round. */
    @Test
    void theLastReportOfRacingCallsIsTheState() throws Exception {
        int rounds = 5_000;
        Recorder recorder = new Recorder();
        try (CapturedLog log = new CapturedLog();
                Batcher<String> batcher = batcher(recorder)) {
            CyclicBarrier barrier = new CyclicBarrier(2);
            List<String> wrong = new ArrayList<>();
            CompletableFuture<Void> other = TestThreads.run(() -> {
                for (int i = 0; i < rounds; i++) {
                    meet(barrier);
                    batcher.resume();
                    meet(barrier);
                }
            });
            for (int i = 0; i < rounds; i++) {
                meet(barrier);
                batcher.pause();
                meet(barrier); // both calls have returned, so every report was made
                boolean paused = batcher.stats().state() == BatcherState.PAUSED;
                List<String> told = recorder.told();
                String last = told.isEmpty() ? "resumed" : told.get(told.size() - 1);
                if (!last.equals(paused ? "paused" : "resumed")) {
                    wrong.add("round " + i + ": paused " + paused + ", told " + last);
                }
            }
            other.get(30, TimeUnit.SECONDS);
            assertThat(wrong).isEmpty();
            List<String> told = recorder.told();
            for (int i = 0; i < told.size(); i++) {
                assertThat(told.get(i)).isEqualTo(i % 2 == 0 ? "paused" : "resumed");
            }
            assertThat(log.lines().stream().filter(line -> line.contains("\"pausing\"")))
                    .hasSameSizeAs(told);
        }
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void successivePausesAreAllReported() {
        Recorder recorder = new Recorder();
        try (CapturedLog quiet = new CapturedLog();
                BatcherFixture rig = new BatcherFixture(CallStyle.SYNC, builder -> builder.listener(recorder))) {
            for (int i = 0; i < 3; i++) {
                rig.batcher.pause();
                rig.batcher.pause();
                rig.batcher.resume();
                rig.batcher.resume();
            }
            rig.batcher.close(Duration.ZERO);
            rig.batcher.pause();
            assertThat(recorder.told()).containsExactly("paused", "resumed", "paused", "resumed", "paused", "resumed");
        }
    }
}
