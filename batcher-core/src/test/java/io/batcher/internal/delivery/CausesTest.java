/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** {@link Causes}: which throwable is the cause itself. */
class CausesTest {

    private static final IOException CAUSE = new IOException("net");

    @Test
    void wrappersAreTakenOffHoweverManyThereAre() {
        assertThat(Causes.unwrapped(new CompletionException(new ExecutionException(new CompletionException(CAUSE)))))
                .isSameAs(CAUSE);
    }

    @Test
    void whatIsNoWrapperIsTheCauseWhateverItsOwnCauseIs() {
        IllegalStateException outer = new IllegalStateException(new CompletionException(CAUSE));
        assertThat(Causes.unwrapped(outer)).isSameAs(outer);
        assertThat(Causes.unwrapped(new CompletionException(outer))).isSameAs(outer);
    }

    @Test
    void aWrapperWithoutACauseIsTheCause() {
        Throwable bare = new CompletionException("bare", null);
        assertThat(Causes.unwrapped(new ExecutionException(bare))).isSameAs(bare);
    }

    @Test
    void aCauseThatRepeatsEndsTheSearchAtTheLastWrapper() {
        Throwable one = new CompletionException("one") {};
        Throwable two = new CompletionException("two", one);
        one.initCause(two);
        assertThat(Causes.unwrapped(one)).isSameAs(two);
        assertThat(Causes.unwrapped(two)).isSameAs(one);
    }

    @Test
    void aWrapperThatThrowsWhenAskedForItsCauseIsTheCause() {
        Throwable broken = new CompletionException("broken", null) {
            @Override
            public synchronized Throwable getCause() {
                throw new IllegalStateException("no cause");
            }
        };
        assertThat(Causes.unwrapped(new ExecutionException(broken))).isSameAs(broken);
    }
}
