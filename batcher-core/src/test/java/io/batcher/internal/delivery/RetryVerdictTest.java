/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.PartialBatchException;
import io.batcher.RetryAfterException;
import io.batcher.RetryPolicy;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** {@link RetryVerdict}: what a failed attempt means for each item. */
class RetryVerdictTest {

    private static final Predicate<Throwable> WORTH_IT = cause -> true;
    private static final Predicate<Throwable> NOT_IO = cause -> !(cause instanceof IOException);
    private static final Exception ONE = new Exception("one");
    private static final Exception TWO = new Exception("two");
    private static final IOException IO = new IOException("io");

    private static RetryVerdict of(
            Throwable cause, int size, int counted, int maxAttempts, Predicate<? super Throwable> worthRetry) {
        RetryPolicy policy = RetryPolicy.builder().maxAttempts(maxAttempts).build();
        return RetryVerdict.of(cause, size, counted, policy, worthRetry);
    }

    private static PartialBatchException partial(Object... indexesAndCauses) {
        Map<Integer, Throwable> causes = new HashMap<>();
        for (int i = 0; i < indexesAndCauses.length; i += 2) {
            causes.put((Integer) indexesAndCauses[i], (Throwable) indexesAndCauses[i + 1]);
        }
        return new PartialBatchException(causes);
    }

    @Test
    void aFullFailureKeepsEverything() {
        RetryVerdict verdict = of(ONE, 3, 1, 2, WORTH_IT);
        assertThat(verdict.cause()).isSameAs(ONE);
        assertThat(verdict.kept()).containsExactly(0, 1, 2);
        assertThat(verdict.handled()).isEmpty();
        assertThat(verdict.givesUpSome()).isFalse();
        assertThat(verdict.failed()).hasSize(1);
    }

    @Test
    void theLastAttemptGivesEverythingUpAndDoesNotAsk() {
        List<Throwable> asked = new ArrayList<>();
        RetryVerdict verdict = of(ONE, 3, 2, 2, asked::add);
        assertThat(verdict.kept()).isEmpty();
        assertThat(verdict.givesUpSome()).isTrue();
        assertThat(verdict.failed().get(0).indexes()).containsExactly(0, 1, 2);
        assertThat(verdict.failed().get(0).cause()).isSameAs(ONE);
        assertThat(asked).isEmpty();
    }

    @Test
    void moreAttemptsThanTheMaximumGiveUpToo() {
        assertThat(of(ONE, 1, 9, 2, WORTH_IT).givesUpSome()).isTrue();
    }

    @Test
    void aCauseThatIsNotWorthARetryGivesUp() {
        assertThat(of(IO, 2, 1, 9, NOT_IO).kept()).isEmpty();
        assertThat(of(ONE, 2, 1, 9, NOT_IO).kept()).containsExactly(0, 1);
    }

    @Test
    void namedItemsFailAndTheOthersAreHandled() {
        RetryVerdict verdict = of(partial(3, ONE, 1, ONE), 5, 1, 9, WORTH_IT);
        assertThat(verdict.kept()).containsExactly(1, 3);
        assertThat(verdict.handled()).containsExactly(0, 2, 4);
    }

    @Test
    void eachNamedItemIsJudgedByItsOwnCause() {
        RetryVerdict verdict = of(partial(0, ONE, 1, IO, 3, TWO), 4, 1, 9, NOT_IO);
        assertThat(verdict.kept()).containsExactly(0, 3);
        assertThat(verdict.handled()).containsExactly(2);
        assertThat(verdict.givesUpSome()).isTrue();
        assertThat(verdict.failed()).extracting(RetryVerdict.Failed::givenUp).containsExactly(false, true, false);
    }

    @Test
    void neighboursOfOneCauseAreOnePartAndAskedOnce() {
        List<Throwable> asked = new ArrayList<>();
        RetryVerdict verdict = of(partial(0, ONE, 2, ONE, 3, TWO, 4, TWO, 5, ONE), 6, 1, 9, asked::add);
        assertThat(verdict.failed())
                .extracting(failed -> failed.indexes().length)
                .containsExactly(2, 2, 1);
        assertThat(verdict.failed()).extracting(RetryVerdict.Failed::cause).containsExactly(ONE, TWO, ONE);
        assertThat(asked).containsExactly(ONE, TWO, ONE);
    }

    @Test
    void namingNoneOrAnIndexOutsideIsAFullFailureWithTheExceptionItself() {
        for (PartialBatchException thrown :
                List.of(partial(), partial(-1, ONE), partial(2, ONE), partial(0, ONE, 2, ONE))) {
            RetryVerdict verdict = of(thrown, 2, 1, 9, WORTH_IT);
            assertThat(verdict.kept()).containsExactly(0, 1);
            assertThat(verdict.handled()).isEmpty();
            assertThat(verdict.failed().get(0).cause()).isSameAs(thrown);
        }
    }

    @Test
    void namingTheFirstAndTheLastIsInside() {
        RetryVerdict verdict = of(partial(0, ONE, 1, TWO), 2, 1, 9, WORTH_IT);
        assertThat(verdict.kept()).containsExactly(0, 1);
        assertThat(verdict.failed()).hasSize(2);
    }

    @Test
    void whatIsAttemptedAgainIsInOrderAndDivided() {
        RetryAfterException later = new RetryAfterException(Duration.ofSeconds(1));
        RetryVerdict verdict =
                of(partial(0, IO, 1, later, 2, ONE, 4, later, 5, later, 7, TWO, 8, ONE), 9, 1, 9, NOT_IO);
        assertThat(verdict.keptAndDeferred())
                .extracting(again -> Arrays.toString(again.indexes()) + again.deferred())
                .containsExactly("[1]true", "[2]false", "[4, 5]true", "[7, 8]false");
        assertThat(verdict.failedAndDeferred())
                .extracting(again -> Arrays.toString(again.indexes()) + again.deferred())
                .containsExactly("[0]false", "[1]true", "[2]false", "[4, 5]true", "[7, 8]false");
        assertThat(of(ONE, 2, 1, 1, WORTH_IT).keptAndDeferred()).isEmpty();
    }
}
