/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks;

/** A thread that repeats a step until it is stopped. */
final class Worker {

    /** Runs one round. Returns when interrupted. */
    @FunctionalInterface
    interface Step {
        void run() throws InterruptedException;
    }

    private final Thread thread;
    private volatile boolean ended;

    Worker(String name, Step step) {
        thread = new Thread(() -> repeat(step), name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void repeat(Step step) {
        try {
            while (!ended) {
                step.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void end() {
        ended = true;
        thread.interrupt();
    }
}
