/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import java.lang.System.Logger.Level;

/** What a store writes to the log: names, counts and throwables, never an item. */
final class Log {

    private static final System.Logger LOGGER = System.getLogger("io.batcher.store");

    private Log() {}

    static void info(String message) {
        LOGGER.log(Level.INFO, message);
    }

    static void warning(String message) {
        LOGGER.log(Level.WARNING, message);
    }

    static void warning(String message, Throwable cause) {
        LOGGER.log(Level.WARNING, message, cause);
    }
}
