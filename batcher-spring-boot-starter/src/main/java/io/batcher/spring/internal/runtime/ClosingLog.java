/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.runtime;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Passes what the engine and its stores log to the application's log while a batcher is closed. They use {@code System.Logger}, by default
 * that of java.util.logging, and its bridge to the application's log is removed before beans are destroyed. Does nothing while it has a
 * handler.
 */
final class ClosingLog extends Handler {

    /** The parent of all loggers of the engine and its stores. A field, because loggers are collected otherwise. */
    private static final Logger ENGINE = Logger.getLogger("io.batcher");

    private ClosingLog() {}

    /** Passes lines on until it is closed. */
    static ClosingLog open() {
        ClosingLog handler = new ClosingLog();
        synchronized (ENGINE) { // contexts that are closed at the same time share one
            if (!hasHandler()) {
                ENGINE.addHandler(handler);
            }
        }
        return handler;
    }

    private static boolean hasHandler() {
        for (Logger logger = ENGINE; logger != null; logger = logger.getParent()) {
            if (logger.getHandlers().length > 0) {
                return true;
            }
            if (!logger.getUseParentHandlers()) {
                return false;
            }
        }
        return false;
    }

    @Override
    public void publish(LogRecord line) {
        Log log = LogFactory.getLog(line.getLoggerName());
        String message = new SimpleFormatter().formatMessage(line);
        int level = line.getLevel().intValue();
        if (level >= Level.SEVERE.intValue()) {
            log.error(message, line.getThrown());
        } else if (level >= Level.WARNING.intValue()) {
            log.warn(message, line.getThrown());
        } else if (level >= Level.INFO.intValue()) {
            log.info(message, line.getThrown());
        } else {
            log.debug(message, line.getThrown());
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        ENGINE.removeHandler(this);
    }
}
