/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample.replay;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Reads lines in bounded memory: a line that is too long is cut one character after the limit. */
final class BoundedLines {

    static final int LONGEST = 10_000;

    private final BufferedReader reader;
    private final BooleanSupplier stopped;
    private boolean afterCarriageReturn;

    /**
     * Creates a reader.
     *
     * @param stopped checked while the rest of a line is skipped, which may be endless
     */
    BoundedLines(BufferedReader reader, BooleanSupplier stopped) {
        this.reader = reader;
        this.stopped = stopped;
    }

    /** Returns the next line, which has more than {@value #LONGEST} characters if it was cut; null at the end. */
    @Nullable String next() throws IOException {
        int c = reader.read();
        if (afterCarriageReturn && c == '\n') {
            c = reader.read();
        }
        if (c < 0) {
            return null;
        }
        StringBuilder line = new StringBuilder();
        while (c >= 0 && c != '\n' && c != '\r') {
            if (line.length() <= LONGEST) {
                line.append((char) c);
            } else if (stopped.getAsBoolean()) {
                break;
            }
            c = reader.read();
        }
        afterCarriageReturn = c == '\r';
        return line.toString();
    }

    /**
     * Returns the line if it is complete.
     *
     * @throws IllegalArgumentException if it was cut
     */
    static String requireWhole(String line) {
        if (line.length() > LONGEST) {
            throw new IllegalArgumentException("longer than " + LONGEST + " characters");
        }
        return line;
    }
}
