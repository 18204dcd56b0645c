/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

/**
 * Where the flush loop of a batcher is. {@link FlushMachine} decides on every transition and {@link LoopTask} makes it;
 * docs/concurrency.md has the table.
 */
enum LoopState {
    /** Nothing can be done now. If something can be done later without a further call, the timer is set. */
    IDLE,
    /** A task was given to the executor and has not begun. */
    QUEUED,
    /** One thread delivers. Whatever becomes due meanwhile it will find before it goes idle. */
    RUNNING,
    /** The stage of an asynchronous handler is pending; no thread is held. */
    WAITING
}
