/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.lanes;

import io.batcher.internal.delivery.Throttle;
import org.jspecify.annotations.Nullable;

/** Says what is due for a lane, and when. Reads state and changes none. Guarded by the batcher's lock. */
public interface Rule {

    /** Whether nothing is delivered for now: what the lanes answer counts when that ends. */
    boolean isStopped();

    /** Returns whether a letter of the lane can be offered to the dead-letter callback, or when. */
    When letter(Lane<?> lane, long now);

    /** Returns whether the handler can be called with a batch of the lane, or when, as if its calls were not limited. */
    When call(Lane<?> lane, long now);

    /**
     * Returns what is to be done for the lane, or when there will be something to do.
     *
     * @param throttle null if calls of the handler are not limited
     */
    default When next(Lane<?> lane, @Nullable Throttle throttle, long now) {
        if (lane.isDetached()) {
            return When.Due.STAGE_ENDED; // or the loop would be WAITING
        }
        if (isStopped()) {
            return When.Never.NEVER;
        }
        When letter = letter(lane, now);
        return letter instanceof When.Due
                ? letter
                : When.earlier(letter, When.notBefore(limit(throttle), call(lane, now), now));
    }

    /** Returns when the handler may be called next, which may be in the past; null for no limit. */
    static @Nullable Long limit(@Nullable Throttle throttle) {
        return throttle == null ? null : throttle.notBefore();
    }
}
