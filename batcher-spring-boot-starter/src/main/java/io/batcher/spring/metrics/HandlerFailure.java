/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.metrics;

/** Stands for what a handler threw, in traces: its class and its stack without its message, which could hold the content of an item. */
final class HandlerFailure extends RuntimeException {

    HandlerFailure(Throwable cause) {
        super(cause.getClass().getName(), null, false, true);
        setStackTrace(cause.getStackTrace());
    }

    /** Not its own. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
