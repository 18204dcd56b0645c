/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.state;

import io.batcher.BatcherConfig;
import io.batcher.RetryAfterException;
import io.batcher.internal.delivery.Attempt;
import io.batcher.internal.delivery.PaceLimiter;
import io.batcher.internal.delivery.Throttle;
import io.batcher.internal.lanes.Lane;
import io.batcher.internal.lanes.When;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What limits the calls of the handler, of all lanes: pace and rests when they may begin, the timeout how long they take. Guarded by the batcher's lock. */
final class CallLimits<T> {

    /** Null while nothing limits when calls begin. */
    private @Nullable Throttle throttle;

    /** The attempt that has taken a permit last and has not ended. */
    private @Nullable Attempt<T> starting;

    /** The lanes whose attempt is limited in time; null until there is one. */
    private @Nullable List<Lane<T>> timed;

    CallLimits(BatcherConfig<T> config) {
        this.throttle = config.pace()
                .map(pace -> new Throttle(new PaceLimiter(pace, config.clock().nanoTime())))
                .orElse(null);
    }

    /** Returns what limits when calls begin; null if nothing does. */
    @Nullable Throttle throttle() {
        return throttle;
    }

    // ---- when they begin

    /** Takes the permit of the call of an attempt, right before it. Returns false if the call has to wait. */
    boolean tryStartCall(long now) {
        if (throttle == null) {
            return true;
        }
        Attempt<T> before = starting;
        if (before != null) { // another lane's: its permit was taken, but its thread may have had to wait since
            throttle.started(before.isStarted() ? before.startedAt() : now);
        }
        return throttle.tryStart(now);
    }

    /** Records that the attempt has taken the permit and is about to call. */
    void starting(Attempt<T> attempt) {
        starting = throttle == null ? null : attempt;
    }

    /** Records that the run that was about to call for the lane has failed. */
    void abandoned(Lane<T> lane) {
        if (starting != null && starting.frozenBatch().origin() == lane) {
            starting = null;
        }
    }

    /** Notes when the call of an attempt, which has ended, has started. */
    void started(Attempt<T> attempt) {
        if (throttle != null) {
            throttle.started(attempt.startedAt());
        }
        starting = starting == attempt ? null : starting;
    }

    /** Makes no call until then, or until an earlier rest ends if that is later. */
    void rest(RetryAfterException cause, long until) {
        Throttle used = throttle == null ? new Throttle(null) : throttle;
        throttle = used;
        used.rest(cause, until);
    }

    /** Forgets a rest that is over. */
    void forgetEndedRest(long now) {
        if (throttle != null) {
            throttle.forgetEndedRest(now);
        }
    }

    /** Returns why calls rest now; null if they do not. */
    @Nullable RetryAfterException restCause(long now) {
        return throttle == null ? null : throttle.restCause(now);
    }

    /** Returns when the next call may begin, which may be in the past; null for no limit. */
    @Nullable Long notBefore() {
        return throttle == null ? null : throttle.notBefore();
    }

    // ---- how long they take

    /** Limits the time of an attempt that begins its call. */
    void limitTime(Lane<T> lane, Attempt<T> attempt) {
        List<Lane<T>> limited = timed == null ? new ArrayList<>(1) : timed;
        timed = limited;
        lane.limitTime(attempt);
        if (!limited.contains(lane)) {
            limited.add(lane);
        }
    }

    /** Times out an attempt whose time is over. Returns when the next one times out. */
    When timeOut(long now, Decision decision) {
        When next = When.Never.NEVER;
        if (timed == null) {
            return next;
        }
        timed.removeIf(lane -> !lane.isTimed());
        for (Lane<T> lane : timed) {
            Attempt<T> late = decision.isTimingOut() ? null : lane.takeTimedOut(now);
            if (late != null) {
                decision.timeOut(late);
            }
            next = When.earlier(next, lane.timeout(now));
        }
        return next;
    }
}
