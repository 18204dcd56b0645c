/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** G6, the callbacks: one that throws is logged and changes nothing; errors of the virtual machine are reported, never swallowed. */
class G06CallbackErrorsTest {

    /** Every place where code of the user's is called that must not disturb. */
    enum Hook {
        ON_ERROR,
        ON_DEAD_LETTER_LISTENER,
        ON_DROP,
        ON_BATCH_STARTED,
        ON_BATCH_HANDLED,
        ON_BATCH_FAILED,
        ON_DROPPED,
        RETRY_ON;

        void install(BatcherBuilder<String> builder, Throwable thrown) {
            RetryPolicy.Builder retry = RetryPolicy.builder().maxAttempts(2);
            if (this == ON_ERROR) {
                builder.onError(failure -> fail(thrown));
            } else if (this == ON_DROP) {
                builder.onDrop(item -> fail(thrown));
            } else if (this == RETRY_ON) {
                retry.retryOn(cause -> fail(thrown));
            } else {
                builder.listener(new Throwing(this, thrown));
            }
            builder.retry(retry.build());
        }

        static boolean fail(Throwable thrown) {
            return Hook.<RuntimeException>sneaky(thrown);
        }

        @SuppressWarnings("unchecked")
        private static <E extends Throwable> boolean sneaky(Throwable thrown) throws E {
            throw (E) thrown;
        }
    }

    private record Throwing(Hook hook, Throwable thrown) implements BatcherListener {
        private void at(Hook here) {
            if (here == hook) {
                Hook.fail(thrown);
            }
        }

        @Override
        public void onBatchStarted(String batcher, Batch<?> batch) {
            at(Hook.ON_BATCH_STARTED);
        }

        @Override
        public void onBatchHandled(String batcher, Batch<?> batch, Duration took) {
            at(Hook.ON_BATCH_HANDLED);
        }

        @Override
        public void onBatchFailed(BatchFailure<?> failure, Duration took) {
            at(Hook.ON_BATCH_FAILED);
        }

        @Override
        public void onDropped(String batcher, int items) {
            at(Hook.ON_DROPPED);
        }

        @Override
        public void onDeadLetter(DeadLetter<?> letter) {
            at(Hook.ON_DEAD_LETTER_LISTENER);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHookThatThrowsChangesNothingAndIsLogged(Hook hook) {
        for (Throwable thrown : new Throwable[] {
            new RuntimeException("hook"), new Exception("hook"), new AssertionError("hook"), new LinkageError("hook")
        }) {
            for (HandlerKind kind : HandlerKind.values()) {
                throwEverywhere(hook, kind, thrown);
            }
        }
    }

    private static void throwEverywhere(Hook hook, HandlerKind kind, Throwable thrown) {
        try (CapturedLog log = new CapturedLog()) {
            Rig rig = new Rig(kind, builder -> {
                hook.install(builder, thrown);
                return builder.capacity(3).overflow(Overflow.DROP_OLDEST);
            });
            rig.batcher.pause();
            rig.fail(2).add("x", "a", "b", "c"); // drops x
            rig.batcher.resume();
            rig.advanceMillis(500).advanceMillis(500); // two failed attempts: given up
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
    void theLineNamesTheBatcherAndTheCallback() {
        IllegalStateException thrown = new IllegalStateException("hook");
        try (CapturedLog log = new CapturedLog();
                Rig rig = new Rig(HandlerKind.SYNC, builder -> builder.onError(failure -> Hook.fail(thrown)))) {
            rig.fail(1).add("a").advanceMillis(1_000);
            assertThat(log.lines())
                    .containsExactly("WARNING Batcher \"rig\" onError threw an exception; it is ignored");
            assertThat(log.records().get(0).getThrown()).isSameAs(thrown);
        }
    }

    @Test
    void aListenerThatThrowsDoesNotKeepTheNextFromHearing() {
        try (CapturedLog quiet = new CapturedLog();
                Rig rig = new Rig(
                        HandlerKind.SYNC,
                        builder -> builder.listener(
                                new Throwing(Hook.ON_BATCH_STARTED, new IllegalStateException("hook"))))) {
            int[] heard = new int[1];
            try (Rig second = new Rig(
                    HandlerKind.SYNC,
                    builder -> builder.listener(new Throwing(Hook.ON_BATCH_STARTED, new IllegalStateException("hook")))
                            .listener(new BatcherListener() {
                                @Override
                                public void onBatchStarted(String batcher, Batch<?> batch) {
                                    heard[0]++;
                                }
                            }))) {
                second.add("a").advanceMillis(500);
            }
            assertThat(heard[0]).isEqualTo(1);
        }
    }

    @Test
    void aWeigherThatThrowsMakesTheAddThrowAndAddsNothing() {
        IllegalStateException thrown = new IllegalStateException("weigher");
        try (Rig rig = new Rig(
                HandlerKind.SYNC,
                builder -> builder.maxBatchWeight(9).weigher(item -> {
                    if (item.equals("bad")) {
                        throw thrown;
                    }
                    return 1;
                }))) {
            rig.add("a");
            assertThatThrownBy(() -> rig.add("bad")).isSameAs(thrown);
            assertThatThrownBy(() -> rig.batcher.offer("bad")).isSameAs(thrown);
            assertThatThrownBy(() -> rig.batcher.addMany(java.util.List.of("b", "bad")))
                    .isSameAs(thrown);
            assertThat(G05FlushAndFailuresTest.causeOf(rig.batcher.submit("bad")))
                    .isSameAs(thrown);
            rig.add("c").advanceMillis(500);
            assertThat(rig.handled).containsExactly("a", "c");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anErrorOfTheVirtualMachineIsReportedEvenIfACallbackSwallowsIt(boolean withCallback) {
        for (VirtualMachineError error :
                new VirtualMachineError[] {new OutOfMemoryError("no"), new StackOverflowError(), new InternalError()}) {
            try (CapturedLog log = new CapturedLog();
                    Rig rig = withCallback ? new Rig(HandlerKind.SYNC) : withoutCallbacks()) {
                rig.failWith(error).add("a").advanceMillis(500);
                assertThat(log.at(Level.SEVERE))
                        .extracting(LogRecord::getThrown)
                        .containsExactly(error);
                rig.advanceMillis(500);
                assertThat(rig.handled).containsExactly("a");
            }
        }
    }

    private static Rig withoutCallbacks() {
        return new Rig(HandlerKind.SYNC, builder -> builder.onError(failure -> {}));
    }
}
