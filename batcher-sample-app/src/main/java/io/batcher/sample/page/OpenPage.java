/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample.page;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** One open page. Thread-safe. */
final class OpenPage {

    private static final long NO_TIMEOUT = 0;
    private static final int RECONNECT_MILLIS = 1_000;

    private final SseEmitter emitter = new SseEmitter(NO_TIMEOUT);
    private final AtomicBoolean sending = new AtomicBoolean();
    private final Executor senders;
    private final Consumer<OpenPage> closed;

    OpenPage(Executor senders, Consumer<OpenPage> closed) {
        this.senders = senders;
        this.closed = closed;
        emitter.onCompletion(() -> closed.accept(this));
        greet();
    }

    /** Sends a first event, so that the page knows that it is connected. */
    private void greet() {
        try {
            emitter.send(SseEmitter.event().reconnectTime(RECONNECT_MILLIS).comment("open"));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible); // There is no connection yet; the event is stored for it.
        }
    }

    SseEmitter emitter() {
        return emitter;
    }

    /** Sends the snapshot, unless the previous one is still being written. */
    void tell(String snapshot) {
        if (sending.compareAndSet(false, true)) {
            try {
                senders.execute(() -> send(snapshot));
            } catch (RejectedExecutionException noThread) {
                sending.set(false); // All threads write to slow pages, or the program ends: skip this snapshot.
            }
        }
    }

    private void send(String snapshot) {
        try {
            emitter.send(SseEmitter.event().data(snapshot));
        } catch (IOException | IllegalStateException gone) {
            closed.accept(this); // The page was closed; the container completes the request.
        } finally {
            sending.set(false);
        }
    }

    /** Ends the stream on another thread, because a write to a slow page holds the emitter's lock. */
    void close() {
        try {
            senders.execute(emitter::complete);
        } catch (RejectedExecutionException noThread) {
            emitter.complete();
        }
    }
}
