/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.FlushReason;
import io.batcher.PartialBatchException;
import io.batcher.RetryPolicy;
import io.batcher.internal.buffer.AddRequest;
import io.batcher.internal.buffer.ItemBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** {@link Bisection}: which parts are tried, in which order, and what comes of them. In these tests an upper-case item is bad. */
class BisectionTest {

    private static final Exception CAUSE = new Exception("no");
    private static final RetryPolicy ONCE = RetryPolicy.builder().maxAttempts(1).build();

    private final BatchIds ids = new BatchIds("pass");
    private final List<String> tried = new ArrayList<>();

    private FrozenBatch<String> batch(String letters) {
        List<String> items = letters.chars().mapToObj(Character::toString).toList();
        ItemBuffer<String> intake =
                new ItemBuffer<>(Batcher.<String>builder("pass").config());
        intake.append(new AddRequest<>(items, null, null), 0);
        return new FrozenBatch<>(Optional::empty, ids.next(), intake.takeBatch(items.size()), FlushReason.SIZE);
    }

    private static String letters(FrozenBatch<String> part) {
        return String.join("", part.itemList());
    }

    private static RetryVerdict whole(FrozenBatch<String> part) {
        return RetryVerdict.of(CAUSE, part.size(), 1, ONCE, cause -> true);
    }

    private Bisection<String> begun(String letters) {
        FrozenBatch<String> failed = batch(letters);
        return new Bisection<>(failed, whole(failed), ids);
    }

    /** Tries parts until the pass is over. */
    private void run(Bisection<String> pass, Predicate<String> isGood) {
        while (!pass.isFutile() && !pass.isDone()) {
            FrozenBatch<String> part = pass.next();
            tried.add(letters(part));
            if (isGood.test(letters(part))) {
                pass.handled();
            } else {
                pass.failed(whole(part));
            }
        }
    }

    private static boolean lowerCase(String letters) {
        return letters.chars().allMatch(Character::isLowerCase);
    }

    private static List<String> suspects(Bisection<String> pass) {
        return pass.suspects().stream().map(suspect -> letters(suspect.batch())).toList();
    }

    @Test
    void partsAreTriedInOrderAndHalvedWhereTheyFail() {
        Bisection<String> pass = begun("abCdefg");
        run(pass, BisectionTest::lowerCase);
        assertThat(tried).containsExactly("abC", "a", "bC", "b", "C", "defg");
        assertThat(suspects(pass)).containsExactly("C");
        assertThat(pass.suspects().get(0).cause()).isSameAs(CAUSE);
        assertThat(pass.isDone()).isTrue();
        assertThat(pass.isFutile()).isFalse();
    }

    @Test
    void severalBadItemsStandAloneEach() {
        Bisection<String> pass = begun("aBcD");
        run(pass, BisectionTest::lowerCase);
        assertThat(suspects(pass)).containsExactly("B", "D");
        assertThat(pass.unsettled()).extracting(BisectionTest::letters).containsExactly("B", "D");
    }

    @Test
    void aPassWithoutSuccessIsFutileAfterItsFirstCallsAndLeavesEverythingAsItWas() {
        int[][] sizesAndCalls = {{2, 2}, {3, 4}, {4, 4}, {5, 5}, {8, 5}, {9, 6}, {16, 6}, {17, 7}, {1_000, 12}};
        for (int[] sizeAndCalls : sizesAndCalls) {
            tried.clear();
            String letters = "X".repeat(sizeAndCalls[0]);
            Bisection<String> pass = begun(letters);
            run(pass, part -> false);
            assertThat(tried).as("%s items", sizeAndCalls[0]).hasSize(sizeAndCalls[1]);
            assertThat(pass.isFutile()).isTrue();
            assertThat(pass.unsettled()).extracting(BisectionTest::letters).containsExactly(letters);
        }
    }

    @Test
    void oneEarlySuccessLetsThePassGoOnToTheEnd() {
        Bisection<String> pass = begun("aBCDEFGH");
        run(pass, BisectionTest::lowerCase);
        assertThat(pass.isFutile()).isFalse();
        assertThat(suspects(pass)).containsExactly("B", "C", "D", "E", "F", "G", "H");
    }

    @Test
    void aLoneItemNeedsAProbe() {
        Bisection<String> pass = begun("X");
        assertThat(pass.needsProbe()).isTrue();
        assertThat(pass.isFutile()).isTrue(); // as long as there is none
        pass.probe(batch("b"));
        assertThat(pass.needsProbe()).isFalse();
        assertThat(pass.isFutile()).isFalse();
        run(pass, BisectionTest::lowerCase);
        assertThat(tried).containsExactly("b");
        assertThat(suspects(pass)).containsExactly("X");
        assertThat(pass.isFutile()).isFalse();
    }

    @Test
    void aProbeThatFailsTooIsKeptWithTheItem() {
        Bisection<String> pass = begun("x");
        pass.probe(batch("y"));
        run(pass, part -> false);
        assertThat(pass.isFutile()).isTrue();
        assertThat(pass.unsettled()).extracting(BisectionTest::letters).containsExactly("x", "y");
    }

    @Test
    void moreThanOneItemNeedsNoProbe() {
        Bisection<String> pass = begun("XY");
        assertThat(pass.needsProbe()).isFalse();
        run(pass, part -> false);
        assertThat(pass.needsProbe()).isFalse();
    }

    @Test
    void aRepeatedPassTriesASingleBatchInHalvesAndSeveralOnesAsTheyAre() {
        run(new Bisection<>(List.of(batch("abcd")), ids), part -> true);
        assertThat(tried).containsExactly("ab", "cd");
        tried.clear();
        run(new Bisection<>(List.of(batch("x"), batch("y")), ids), part -> true);
        assertThat(tried).containsExactly("x", "y");
        tried.clear();
        run(new Bisection<>(List.of(batch("x")), ids), part -> true);
        assertThat(tried).containsExactly("x");
    }

    @Test
    void namedItemsAreSuspectsWithTheirOwnCausesAndTheOthersASuccess() {
        Bisection<String> pass = begun("abcdef");
        Exception one = new Exception("one");
        Exception two = new Exception("two");
        FrozenBatch<String> part = pass.next();
        assertThat(letters(part)).isEqualTo("abc");
        PartialBatchException thrown = new PartialBatchException(Map.of(0, one, 2, two));
        pass.failed(RetryVerdict.of(thrown, 3, 1, ONCE, cause -> true));
        run(pass, rest -> true);
        assertThat(suspects(pass)).containsExactly("a", "c");
        assertThat(pass.suspects().get(1).cause()).isSameAs(two);
        assertThat(pass.isFutile()).isFalse();
    }

    @Test
    void whatIsUnsettledIsEverythingNotYetHandled() {
        Bisection<String> pass = begun("abCd");
        assertThat(pass.unsettled()).extracting(BisectionTest::letters).containsExactly("abCd");
        pass.handled(); // ab
        assertThat(pass.unsettled()).extracting(BisectionTest::letters).containsExactly("Cd");
        pass.failed(whole(pass.next()));
        pass.failed(whole(pass.next()));
        assertThat(pass.unsettled()).extracting(BisectionTest::letters).containsExactlyInAnyOrder("C", "d");
        pass.handled();
        assertThat(pass.unsettled()).extracting(BisectionTest::letters).containsExactly("C");
    }
}
