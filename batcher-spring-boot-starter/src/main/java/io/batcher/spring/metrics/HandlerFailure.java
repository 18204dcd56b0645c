/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.metrics;

/** Represents a handler's exception in traces: its class and stack trace, without its message, which could contain the content of an item. */
final class HandlerFailure extends RuntimeException {

    HandlerFailure(Throwable cause) {
        super(cause.getClass().getName(), null, false, true);
        setStackTrace(cause.getStackTrace());
    }

    /** Does nothing: the stack trace is copied from the cause. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
