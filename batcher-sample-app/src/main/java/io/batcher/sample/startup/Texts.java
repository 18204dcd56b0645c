/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample.startup;

import io.batcher.sample.compare.Comparison;
import java.util.Locale;

/** The console output of the sample. */
final class Texts {

    private Texts() {}

    static String table(Comparison.Result result) {
        var oneByOne = result.oneByOne();
        var batched = result.batched();
        String title = result.readings() + " readings";
        return String.format(
                Locale.ROOT,
                """

                %-16s %11s %11s
                %-16s %11d %8d ms
                %-16s %11d %8d ms

                """,
                title,
                "cloud calls",
                "time",
                "one by one",
                oneByOne.calls(),
                oneByOne.millis(),
                "batched",
                batched.calls(),
                batched.millis());
    }

    static String whereToLook(String port) {
        return """
                The gateway is up. Watch it, break its cloud and repair it: http://localhost:PORT/
                Or send a reading, list the stored readings, show the batchers, and flush, with curl:

                  curl localhost:PORT/api/readings -H 'Content-Type: application/json' \\
                       -d '{"sensor":"s1","temperature":21.5,"at":"2010-01-01T01:00:00Z"}'
                  curl localhost:PORT/api/readings
                  curl localhost:PORT/actuator/batchers
                  curl -X POST localhost:PORT/actuator/batchers/readings

                """.replace("PORT", port);
    }
}
