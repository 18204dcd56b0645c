/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.concurrent;

import java.util.logging.Level;
import java.util.logging.Logger;

/** Keeps the log of thousands of intended failures out of the build's output. */
final class QuietLog {

    private static final Logger LOGGER = Logger.getLogger("io.batcher");

    private QuietLog() {}

    static void install() {
        LOGGER.setLevel(Level.OFF);
    }
}
