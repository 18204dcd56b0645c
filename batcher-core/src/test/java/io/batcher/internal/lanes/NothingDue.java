/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.lanes;

/** The rule of lanes that have nothing to deliver. Counts how often it is asked. */
final class NothingDue implements Rule {

    private int asked;

    int asked() {
        return asked;
    }

    @Override
    public boolean isStopped() {
        return false;
    }

    @Override
    public When letter(Lane<?> lane, long now) {
        return When.Never.NEVER;
    }

    @Override
    public When call(Lane<?> lane, long now) {
        asked++;
        return When.Never.NEVER;
    }
}
