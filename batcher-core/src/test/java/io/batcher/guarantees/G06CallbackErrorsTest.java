/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static io.batcher.fixtures.Futures.causeOf;
import static io.batcher.fixtures.Sneaky.sneakyThrow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.Batch;
import io.batcher.BatcherListener;
import io.batcher.BatcherStats;
import io.batcher.Overflow;
import io.batcher.PartialBatchException;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import io.batcher.fixtures.CapturedLog;
import io.batcher.fixtures.Hook;
import io.batcher.fixtures.Plain;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** G6, callbacks: an exception of a callback is logged and does not affect delivery; virtual machine errors are logged, never swallowed. */
class G06CallbackErrorsTest {

    @ParameterizedTest
    @EnumSource
    void aHookThatThrowsIsLoggedAndDoesNotAffectDelivery(Hook hook) {
        for (Throwable thrown : new Throwable[] {
            new RuntimeException("hook"), new Exception("hook"), new AssertionError("hook"), new LinkageError("hook")
        }) {
            for (CallStyle style : CallStyle.values()) {
                throwEverywhere(hook, style, thrown);
            }
        }
    }

    private static void throwEverywhere(Hook hook, CallStyle style, Throwable thrown) {
        try (CapturedLog log = new CapturedLog()) {
            BatcherFixture rig = new BatcherFixture(style, builder -> {
                hook.install(builder, thrown);
                return builder.capacity(3).overflow(Overflow.DROP_OLDEST);
            });
            rig.batcher.pause();
            rig.fail(2).add("x", "a", "b", "c"); // drops x
            rig.batcher.resume();
            rig.advanceMillis(500).advanceMillis(500); // two failed attempts, then given up
            rig.failWith(new PartialBatchException(Map.of(0, new Exception("no"))));
            rig.add("d", "e").advanceMillis(1_000).add("f").advanceMillis(500);

            BatcherStats stats = rig.stats();
            assertThat(stats.accepted()).isEqualTo(7);
            assertThat(stats.dropped()).isEqualTo(1);
            assertThat(stats.deadLettered()).isEqualTo(3);
            assertThat(stats.handled()).isEqualTo(3);
            assertThat(stats.depth()).isZero();
            assertThat(rig.letters).hasSize(1);
            assertThat(rig.handled).containsExactly("d", "f");
            assertThat(log.at(Level.WARNING)).isNotEmpty().anyMatch(record -> record.getThrown() == thrown);
            assertThat(log.records()).allMatch(record -> record.getMessage().startsWith("Batcher \"rig\" "));
            rig.close();
        }
    }

    @Test
    void theLogLineNamesTheBatcherAndTheCallback() {
        IllegalStateException thrown = new IllegalStateException("hook");
        try (CapturedLog log = new CapturedLog();
                BatcherFixture rig = new BatcherFixture(
                        CallStyle.SYNC, builder -> builder.onError(failure -> sneakyThrow(thrown)))) {
            rig.fail(1).add("a").advanceMillis(1_000);
            assertThat(log.lines())
                    .containsExactly("WARNING Batcher \"rig\" onError threw an exception; it is ignored");
            assertThat(log.records().get(0).getThrown()).isSameAs(thrown);
        }
    }

    @Test
    void aListenerThatThrowsDoesNotStopTheNextListener() {
        int[] calls = new int[1];
        BatcherListener counting = new BatcherListener() {
            @Override
            public void onBatchStarted(String batcher, Batch<?> batch) {
                calls[0]++;
            }
        };
        BatcherListener throwing = Hook.ON_BATCH_STARTED.listenerThatThrows(new IllegalStateException("hook"));
        try (CapturedLog quiet = new CapturedLog();
                BatcherFixture rig = new BatcherFixture(
                        CallStyle.SYNC, builder -> builder.listener(throwing).listener(counting))) {
            rig.add("a").advanceMillis(500);
            assertThat(calls[0]).isEqualTo(1);
        }
    }

    @Test
    void anExceptionOfTheWeigherPropagatesAndNothingIsAdded() {
        IllegalStateException thrown = new IllegalStateException("weigher");
        try (BatcherFixture rig = new BatcherFixture(
                CallStyle.SYNC,
                builder -> builder.maxBatchWeight(9).weigher(item -> {
                    if (item.equals("bad")) {
                        throw thrown;
                    }
                    return 1;
                }))) {
            rig.add("a");
            assertThatThrownBy(() -> rig.add("bad")).isSameAs(thrown);
            assertThatThrownBy(() -> rig.batcher.offer("bad")).isSameAs(thrown);
            assertThatThrownBy(() -> rig.batcher.addMany(List.of("b", "bad"))).isSameAs(thrown);
            assertThat(causeOf(rig.batcher.submit("bad"))).isSameAs(thrown);
            rig.add("c").advanceMillis(500);
            assertThat(rig.handled).containsExactly("a", "c");
        }
    }

    private static List<VirtualMachineError> virtualMachineErrors() {
        return List.of(new OutOfMemoryError("no"), new StackOverflowError(), new InternalError());
    }

    @ParameterizedTest
    @MethodSource("virtualMachineErrors")
    void aVirtualMachineErrorIsLoggedEvenIfOnErrorReceivesIt(VirtualMachineError error) {
        try (CapturedLog log = new CapturedLog();
                BatcherFixture rig = new BatcherFixture(CallStyle.SYNC)) {
            rig.failWith(error).add("a").advanceMillis(500);
            assertThat(rig.failures.get(0).cause()).isSameAs(error);
            assertThat(log.at(Level.SEVERE)).extracting(LogRecord::getThrown).containsExactly(error);
            rig.advanceMillis(500);
            assertThat(rig.handled).containsExactly("a");
        }
    }

    @ParameterizedTest
    @MethodSource("virtualMachineErrors")
    void aVirtualMachineErrorIsLoggedWithoutOnErrorToo(VirtualMachineError error) {
        try (CapturedLog log = new CapturedLog();
                Plain plain = new Plain()) {
            plain.outcome = () -> {
                throw error;
            };
            plain.batcher.add("a");
            plain.advanceMillis(500);
            assertThat(log.at(Level.SEVERE)).extracting(LogRecord::getThrown).containsExactly(error);
            plain.outcome = () -> {};
            plain.advanceMillis(500);
            assertThat(plain.batcher.stats().handled()).isEqualTo(1);
        }
    }
}
