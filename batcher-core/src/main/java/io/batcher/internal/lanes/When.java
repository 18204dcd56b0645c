/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.lanes;

import io.batcher.FlushReason;
import org.jspecify.annotations.Nullable;

/** Whether something is due: now, at a moment, or not before a further call. All but {@link At} are constants. */
public sealed interface When {

    /** Something is due now. */
    enum Due implements When {
        /** The stage of an attempt has ended: it can be settled. */
        STAGE_ENDED(null),
        /** The store behind the lane has something to do: see {@link StoreBacking}. */
        STORE(null),
        /** The first letter can be offered to the dead-letter callback. */
        LETTER(null),
        /** The attempt that has begun and waits for its permit can call the handler. */
        CALL(null),
        /** A batch that failed can be attempted again. */
        RETRY(null),
        SIZE(FlushReason.SIZE),
        WEIGHT(FlushReason.WEIGHT),
        MANUAL(FlushReason.MANUAL),
        EAGER(FlushReason.EAGER),
        INTERVAL(FlushReason.INTERVAL),
        CLOSE(FlushReason.CLOSE);

        /** Why a new batch is due; null if it is something else. */
        private final @Nullable FlushReason reason;

        Due(@Nullable FlushReason reason) {
            this.reason = reason;
        }

        /** Whether the handler is called for it: pace and rests apply. */
        public boolean callsHandler() {
            return this != LETTER && this != STORE;
        }

        public @Nullable FlushReason reason() {
            return reason;
        }
    }

    /** Something will be due at this moment, in nanoseconds of the batcher's clock. */
    record At(long nanos) implements When {}

    /** Nothing will be due without a further call. */
    enum Never implements When {
        NEVER
    }

    /** Returns what is due now if the moment has come, else the moment. */
    static When from(long moment, Due due, long now) {
        return now - moment >= 0 ? due : new At(moment);
    }

    /** Returns the answer, but not before this moment; null for no limit. */
    static When notBefore(@Nullable Long moment, When when, long now) {
        if (moment == null || now - moment >= 0 || when == Never.NEVER) {
            return when;
        }
        return when instanceof At at && at.nanos - moment >= 0 ? at : new At(moment);
    }

    static When earlier(When one, When other) {
        if (one instanceof Due || other == Never.NEVER) {
            return one;
        }
        return other instanceof Due || !(one instanceof At first) || ((At) other).nanos - first.nanos < 0 ? other : one;
    }

    /** Returns when the timer is to fire; null for not at all. */
    default @Nullable Long moment() {
        return this instanceof At at ? (Long) at.nanos : null;
    }
}
