/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.internal.DefaultBatcher;
import io.batcher.internal.threads.LoopStatus;
import io.batcher.testing.VirtualTime;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Counters may overflow in a batcher that runs for months: 2 000 starts a second are 2<sup>32</sup> in 25 days. */
class LongRunTest {

    @Test
    void theLoopStartsAfterFourBillionRuns() throws ReflectiveOperationException {
        VirtualTime time = new VirtualTime();
        List<String> handled = new ArrayList<>();
        Batcher<String> batcher = time.applyTo(Batcher.<String>builder("old"))
                .handler(handled::addAll)
                .maxBatchSize(1)
                .build();
        Engine<?> engine = (Engine<?>) field(DefaultBatcher.class, "engine").get(batcher);
        Object machine = field(Engine.class, "machine").get(engine);
        Object loop = field(FlushMachine.class, "loop").get(machine);
        Object status = ((Runs<?>) field(LoopControl.class, "runs").get(loop)).idle();
        field(LoopStatus.class, "runNumber").setLong(status, (1L << Integer.SIZE) - 2);
        for (String item : List.of("a", "b", "c")) {
            batcher.add(item);
            time.runReady();
        }
        assertThat(handled).containsExactly("a", "b", "c");
        batcher.close();
    }

    @Test
    void aFlushFailsWithAnAttemptAfterTwoBillionOthers() {
        PendingFlushes pendingFlushes = new PendingFlushes();
        CompletableFuture<Void> flushed = new CompletableFuture<>();
        pendingFlushes.add(1, Integer.MAX_VALUE, flushed);
        Decision decision = new Decision();
        pendingFlushes.failed(Integer.MAX_VALUE + 1, new IllegalStateException("no"), decision);
        decision.carryOut();
        assertThat(flushed).isCompletedExceptionally();
    }

    private static Field field(Class<?> type, String name) throws NoSuchFieldException {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }
}
