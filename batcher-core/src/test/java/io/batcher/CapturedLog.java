/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What the library writes to its log while this is open; nothing of it reaches the console. */
public final class CapturedLog implements AutoCloseable {

    private static final Logger LOGGER = Logger.getLogger("io.batcher");

    private final List<LogRecord> records = new ArrayList<>();
    private final boolean usedParents = LOGGER.getUseParentHandlers();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord record) {
            synchronized (records) {
                records.add(record);
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    private final Level level = LOGGER.getLevel();

    public CapturedLog() {
        LOGGER.setLevel(Level.ALL); // another test of this JVM may have silenced it
        LOGGER.setUseParentHandlers(false);
        LOGGER.addHandler(handler);
    }

    List<LogRecord> records() {
        synchronized (records) {
            return List.copyOf(records);
        }
    }

    /** Level and message of each record. */
    public List<String> lines() {
        return records().stream()
                .map(record -> record.getLevel() + " " + record.getMessage())
                .toList();
    }

    List<LogRecord> at(Level level) {
        return records().stream().filter(record -> record.getLevel() == level).toList();
    }

    @Override
    public void close() {
        LOGGER.removeHandler(handler);
        LOGGER.setUseParentHandlers(usedParents);
        LOGGER.setLevel(level);
    }
}
