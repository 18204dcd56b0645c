/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static io.batcher.fixtures.Futures.causeOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.PartialBatchException;
import io.batcher.RetryPolicy;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import io.batcher.fixtures.CapturedLog;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** G6: the wrappers of {@code java.util.concurrent} are removed from a thrown or staged cause before it is reported. */
class G06UnwrappedCausesTest {

    private static final RetryPolicy ONLY_IO =
            RetryPolicy.builder().retryOn(cause -> cause instanceof IOException).build();

    private static List<Exception> wrapped(Throwable cause) {
        return List.of(
                new CompletionException(cause),
                new ExecutionException(cause),
                new CompletionException(new ExecutionException(new CompletionException("why", cause))));
    }

    @ParameterizedTest
    @EnumSource
    void retryOnAndOnErrorReceiveTheUnwrappedCause(CallStyle style) {
        IOException cause = new IOException("net");
        for (Exception thrown : wrapped(cause)) {
            try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.retry(ONLY_IO))) {
                rig.failWith(thrown).add("a").advanceMillis(1_000);
                assertThat(rig.failures).hasSize(1);
                assertThat(rig.failures.get(0).cause()).isSameAs(cause);
                assertThat(rig.letters).isEmpty();
                assertThat(rig.handled).containsExactly("a");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aWrappedCauseThrownByAnAsynchronousHandlerIsUnwrapped(CallStyle style) {
        IOException cause = new IOException("net");
        try (BatcherFixture rig = BatcherFixture.bare(builder -> builder.retry(ONLY_IO))) {
            rig.batcher.registerAsyncHandler(batch -> {
                if (batch.attempt() == 1) {
                    throw new CompletionException(cause);
                }
                return CompletableFuture.completedFuture(null);
            });
            rig.add("a").advanceMillis(1_000);
            assertThat(rig.failures.get(0).cause()).isSameAs(cause);
            assertThat(rig.stats().handled()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aWrappedPartialFailureIsUnwrapped(CallStyle style) {
        PartialBatchException partial = new PartialBatchException(Map.of(1, new IOException("net")));
        for (Exception thrown : wrapped(partial)) {
            try (BatcherFixture rig = new BatcherFixture(style)) {
                rig.failWith(thrown).add("a", "b", "c").advanceMillis(500);
                assertThat(rig.failures.get(0).cause()).isSameAs(partial);
                assertThat(rig.stats().handled()).isEqualTo(2);
                assertThat(rig.stats().depth()).isEqualTo(1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void theCauseOfANamedItemIsUnwrapped(CallStyle style) {
        IOException cause = new IOException("net");
        List<Throwable> asked = new ArrayList<>();
        RetryPolicy asking = RetryPolicy.builder()
                .retryOn(why -> {
                    asked.add(why);
                    return false;
                })
                .build();
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.retry(asking))) {
            CompletionException wrapper = new CompletionException(cause);
            rig.failWith(new PartialBatchException(Map.of(0, wrapper, 1, new ExecutionException(cause))));
            rig.add("a", "b", "c").advanceMillis(500);
            assertThat(asked).containsExactly(cause);
            assertThat(rig.letters).hasSize(1); // one cause, one dead letter
            assertThat(rig.letters.get(0).items()).containsExactly("a", "b");
            assertThat(rig.letters.get(0).cause()).isSameAs(cause);
            PartialBatchException told =
                    (PartialBatchException) rig.failures.get(0).cause();
            assertThat(told.causesByIndex().get(0)).isSameAs(wrapper); // the user's exception is not modified
        }
    }

    @ParameterizedTest
    @EnumSource
    void submitAndFlushFailWithTheUnwrappedCause(CallStyle style) {
        IOException cause = new IOException("net");
        RetryPolicy once = RetryPolicy.builder().maxAttempts(1).build();
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.retry(once))) {
            CompletableFuture<Void> item = rig.batcher.submit("a");
            CompletableFuture<Void> flushed = rig.batcher.flush();
            rig.failWith(new CompletionException(cause)).runReady();
            assertThat(causeOf(item)).isSameAs(cause);
            assertThat(causeOf(flushed)).isSameAs(cause);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aWrapperWithoutACauseIsReported(CallStyle style) {
        Exception bare = new CompletionException("bare", null);
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.failWith(bare).add("a").advanceMillis(500);
            assertThat(rig.failures.get(0).cause()).isSameAs(bare);
        }
    }

    @ParameterizedTest
    @EnumSource
    @org.junit.jupiter.api.Timeout(
            value = 10,
            unit = TimeUnit.SECONDS,
            threadMode = org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD)
    void unwrappingACycleOfCausesEnds(CallStyle style) {
        Throwable one = new CompletionException("one") {};
        Throwable two = new CompletionException("two", one);
        one.initCause(two);
        Throwable itself = new ExecutionException("itself", null) {
            @Override
            public synchronized Throwable getCause() {
                return this;
            }
        };
        for (Throwable thrown : List.of(one, itself)) {
            try (CapturedLog quiet = new CapturedLog();
                    BatcherFixture rig = new BatcherFixture(style)) {
                rig.failWith(thrown).add("a").advanceMillis(1_000);
                assertThat(rig.failures.get(0).cause()).isIn(one, two, itself);
                assertThat(rig.handled).containsExactly("a");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void anExceptionWhoseGetCauseThrowsIsReported(CallStyle style) {
        Throwable broken = new CompletionException("broken", null) {
            @Override
            public synchronized Throwable getCause() {
                throw new IllegalStateException("no cause for you");
            }
        };
        try (CapturedLog quiet = new CapturedLog();
                BatcherFixture rig = new BatcherFixture(style)) {
            rig.failWith(broken).add("a").advanceMillis(1_000);
            assertThat(rig.failures).hasSize(1);
            assertThat(rig.failures.get(0).cause()).isSameAs(broken);
            assertThat(rig.handled).containsExactly("a");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTimeoutSuppressesTheUnwrappedCause(CallStyle style) {
        IOException cause = new IOException("net");
        try (BatcherFixture rig = BatcherFixture.bare(builder -> builder.handlerTimeout(Duration.ofSeconds(1)))) {
            rig.batcher.registerHandler(batch -> {
                if (batch.attempt() == 1) {
                    rig.advanceMillis(2_000);
                    throw new CompletionException(cause);
                }
            });
            rig.add("a").advanceMillis(500);
            assertThat(rig.failures.get(0).cause())
                    .isInstanceOf(java.util.concurrent.TimeoutException.class)
                    .hasSuppressedException(cause);
        }
    }
}
