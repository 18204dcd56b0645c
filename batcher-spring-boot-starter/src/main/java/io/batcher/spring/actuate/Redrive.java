/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.actuate;

import io.batcher.Batcher;
import io.batcher.store.DeadLetters;
import io.batcher.store.DeadLetters.Letter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A redrive requested through the endpoint. */
final class Redrive {

    /** How many letters are redriven in one transaction: their contents are in memory meanwhile. */
    private static final int PAGE = 100;

    private Redrive() {}

    /** Delivers all dead letters that exist now again; returns null if none are kept for the batcher. */
    static @Nullable RedriveDescriptor all(Batcher<?> batcher) {
        DeadLetters letters = batcher.deadLetters().orElse(null);
        if (letters == null) {
            return null;
        }
        int redriven = 0;
        long last = 0;
        long most = letters.count(); // not those that are given up again meanwhile
        List<Letter> page = letters.list(last, PAGE);
        for (long seen = 0; seen < most && !page.isEmpty(); page = letters.list(last, PAGE)) {
            redriven += batcher.redrive(page.stream().map(Letter::id).toList());
            seen += page.size();
            last = page.get(page.size() - 1).id();
        }
        return new RedriveDescriptor(batcher.name(), redriven, letters.count());
    }
}
