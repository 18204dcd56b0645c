/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.docs;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What the examples of the documentation name and do not define. */
public final class Fixtures {

    private Fixtures() {}

    /** A reading of a sensor. */
    public record Reading(String sensor, double temperature) {}

    /** The API that takes arrays. */
    public static final class Cloud {
        public final List<List<Reading>> calls = new CopyOnWriteArrayList<>();

        public void post(List<Reading> readings) {
            calls.add(List.copyOf(readings));
        }
    }

    /** Wakes somebody up. */
    public static final class Alarm {
        public void raise(Throwable cause) {
            throw new AssertionError("nothing was to fail in an example", cause);
        }
    }

    public static final Cloud cloud = new Cloud();
    public static final Alarm alarm = new Alarm();
    public static final Reading reading = new Reading("s1", 21.5);
}
