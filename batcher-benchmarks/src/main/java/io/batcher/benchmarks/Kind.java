/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks;

import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/** The contenders, by the names that the command line and the tables use. */
public enum Kind {
    BATCHER("Batcher", BatcherContender::new),
    STARTER("Batcher, all of the starter", StarterContender::new),
    STARTER_ALONE("Batcher, the starter without metrics", StarterContender::withoutMetrics),
    JCTOOLS("JCTools MpscArrayQueue + thread (the floor)", JctoolsContender::new),
    ARRAY_BLOCKING_QUEUE(
            "ArrayBlockingQueue + drainTo",
            (limits, handler) ->
                    new BlockingQueueContender(new ArrayBlockingQueue<>(limits.capacity()), limits, handler)),
    LINKED_BLOCKING_QUEUE(
            "LinkedBlockingQueue + drainTo",
            (limits, handler) ->
                    new BlockingQueueContender(new LinkedBlockingQueue<>(limits.capacity()), limits, handler)),
    SYNCHRONIZED_LIST("synchronized list", SynchronizedListContender::new),
    OBSERVED_LIST(
            "synchronized list with an observation per batch",
            (limits, handler) -> new SynchronizedListContender(limits, new Observed(handler))),
    BUFFER_TRIGGER("buffer-trigger", BufferTriggerContender::new),
    GAX("gax BatcherImpl", GaxContender::new),
    REACTOR("Reactor bufferTimeout", ReactorContender::new),
    RXJAVA("RxJava buffer", RxJavaContender::new);

    private final String label;
    private final Contender.Factory factory;

    Kind(String label, Contender.Factory factory) {
        this.label = label;
        this.factory = factory;
    }

    String label() {
        return label;
    }

    Contender create(Limits limits, Consumer<List<Item>> handler) {
        return factory.create(limits, handler);
    }
}
