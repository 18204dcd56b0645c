/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static io.batcher.fixtures.TestThreads.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.BatchFailure;
import io.batcher.Batcher;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.TestThreads;
import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** G11: joining an engine future inside a handler is a user error; {@code handlerTimeout} ends it. */
class G11JoiningTest {

    @Test
    void aStageThatWaitsForItsOwnBatchIsEndedByTheTimeout() {
        Batcher<?>[] it = new Batcher<?>[1];
        try (BatcherFixture rig = BatcherFixture.bare(
                builder -> builder.handlerTimeout(Duration.ofSeconds(1)).asyncHandler(batch -> it[0].flush()))) {
            it[0] = rig.batcher;
            rig.add("a").advanceMillis(1_499);
            assertThat(rig.failures).isEmpty();
            rig.advanceMillis(1);
            assertThat(rig.failures.get(0).cause()).isInstanceOf(TimeoutException.class);
            assertThat(rig.stats().depth()).isEqualTo(1);
        }
    }

    @Test
    void getOfAnEngineFutureInsideAHandlerIsEndedByTheTimeout() throws InterruptedException {
        waitInsideTheHandler(CompletableFuture::get);
    }

    @Test
    void joinOfAnEngineFutureInsideAHandlerIsEndedByTheTimeout() throws InterruptedException {
        waitInsideTheHandler(CompletableFuture::join);
    }

    private interface Wait {
        void on(CompletableFuture<?> future) throws Exception;
    }

    /** The handler blocks, so it runs on a thread of its own; time is virtual. */
    private static void waitInsideTheHandler(Wait wait) throws InterruptedException {
        VirtualTime time = new VirtualTime();
        CountDownLatch entered = new CountDownLatch(1);
        BlockingQueue<BatchFailure<String>> failures = new LinkedBlockingQueue<>();
        Batcher<?>[] it = new Batcher<?>[1];
        Batcher<String> batcher = time.applyTo(Batcher.<String>builder("joining"))
                .executor(TestThreads::start)
                .handlerTimeout(Duration.ofSeconds(1))
                .onError(failures::add)
                .handler(batch -> {
                    CompletableFuture<?> future = it[0].flush();
                    entered.countDown();
                    wait.on(future);
                })
                .build();
        it[0] = batcher;
        batcher.add("a");
        time.advance(Duration.ofMillis(500));
        await(entered);
        time.advance(Duration.ofSeconds(1));
        BatchFailure<String> failure = failures.poll(10, TimeUnit.SECONDS);
        assertThat(failure).isNotNull();
        assertThat(failure.cause()).isInstanceOf(TimeoutException.class);
    }
}
