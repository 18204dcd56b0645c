/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** A batcher of strings on virtual time without any callback, so that the library itself has to report. Used by one thread. */
final class Plain implements AutoCloseable {

    /** What a call of the handler comes to. */
    interface Outcome {
        void happen() throws Exception;
    }

    final VirtualTime time = new VirtualTime();
    final Batcher<String> batcher;
    Outcome outcome = () -> {};

    Plain() {
        this(builder -> builder);
    }

    Plain(UnaryOperator<BatcherBuilder<String>> options) {
        this.batcher = options.apply(
                        time.applyTo(Batcher.<String>builder("plain")).handler(batch -> outcome.happen()))
                .build();
    }

    void advanceMillis(long millis) {
        time.advance(Duration.ofMillis(millis));
    }

    @Override
    public void close() {
        outcome = () -> {};
        batcher.close(Duration.ofSeconds(1));
    }
}
