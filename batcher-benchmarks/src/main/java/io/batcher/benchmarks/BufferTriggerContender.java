/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks;

import com.github.phantomthief.collection.BufferTrigger;
import java.util.List;
import java.util.function.Consumer;

/**
 * buffer-trigger's {@code batchBlocking}, the variant for batches of bounded size: a {@code LinkedBlockingQueue}, drained on the
 * scheduler thread that the library creates. {@code manuallyDoTrigger} calls the handler on the calling thread.
 */
final class BufferTriggerContender implements Contender {

    private final BufferTrigger<Item> trigger;

    BufferTriggerContender(Limits limits, Consumer<List<Item>> handler) {
        this.trigger = BufferTrigger.<Item>batchBlocking()
                .bufferSize(limits.capacity())
                .batchSize(limits.batchSize())
                .linger(limits.interval())
                .setConsumerEx(handler::accept)
                .build();
    }

    @Override
    public void add(Item item) {
        trigger.enqueue(item);
    }

    @Override
    public void flush() {
        trigger.manuallyDoTrigger();
    }

    @Override
    public void close() {
        trigger.close();
    }
}
