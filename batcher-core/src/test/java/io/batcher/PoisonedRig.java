/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Makes rigs that isolate poison, in batches of at most 8; an upper-case item is bad, and in an outage everything is. */
final class PoisonedRig {

    boolean outage;

    /** The items of the calls that succeeded, in order. */
    final List<String> delivered = new ArrayList<>();

    Rig rig(HandlerKind kind, int maxAttempts) {
        RetryPolicy isolating = RetryPolicy.builder()
                .maxAttempts(maxAttempts)
                .isolatePoison(true)
                .delay(Duration.ofMillis(100))
                .build();
        Rig rig = Rig.bare(builder -> builder.retry(isolating).maxBatchSize(8));
        kind.register(rig.batcher, rig.time, batch -> {
            rig.record("call " + batch.attempt() + " " + String.join("", batch));
            if (outage || batch.stream().anyMatch(item -> !item.equals(item.toLowerCase(Locale.ROOT)))) {
                throw new IOException("no");
            }
            delivered.addAll(batch);
        });
        return rig;
    }

    static List<String> items(String letters) {
        return letters.chars().mapToObj(Character::toString).toList();
    }

    /** The calls and letters, without time and failures. */
    static List<String> story(Rig rig) {
        return rig.log.stream()
                .filter(line -> !line.contains("failed"))
                .map(line -> line.substring(line.indexOf(' ') + 1))
                .toList();
    }
}
