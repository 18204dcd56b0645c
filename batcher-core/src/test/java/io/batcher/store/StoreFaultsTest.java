/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.BatcherStoreException;
import io.batcher.PartialBatchException;
import io.batcher.RetryPolicy;
import io.batcher.fixtures.CallStyle;
import io.batcher.store.fixtures.StoredFixture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A whole cycle of a batcher with a store that fails once, at each of its calls in turn, before it takes effect or after. */
class StoreFaultsTest {

    private static final int MOST_CALLS = 200;

    private final List<String> acknowledged = new ArrayList<>();
    private final List<String> unknown = new ArrayList<>();

    @ParameterizedTest
    @CsvSource({"SYNC,false", "SYNC,true", "ASYNC_LATER,false", "ASYNC_LATER,true"})
    void nothingIsLostAndNothingIsHandledTwiceWhicheverCallFails(CallStyle style, boolean afterEffect) {
        int calls = cycle(style, 0, afterEffect);
        assertThat(calls).isBetween(20, MOST_CALLS);
        for (int call = 1; call <= calls; call++) {
            cycle(style, call, afterEffect);
        }
    }

    /** Runs a cycle in which one call of the store fails. Returns how many calls there were. */
    private int cycle(CallStyle style, int failAt, boolean afterEffect) {
        acknowledged.clear();
        unknown.clear();
        StoredFixture rig = new StoredFixture();
        RetryPolicy policy = RetryPolicy.builder().maxAttempts(2).build();
        StoredFixture.Process process =
                rig.start(style, builder -> builder.retry(policy).maxBatchSize(4));
        rig.database.faults().failAt(failAt, afterEffect);
        // handled; failed and handled; failed in part and given up in part
        rig.script.add(batch -> {});
        rig.script.add(batch -> {
            throw new IllegalStateException("failure");
        });
        rig.script.add(batch -> {});
        rig.script.add(batch -> {
            throw new PartialBatchException(Map.of(1, new IllegalStateException("bad")));
        });
        rig.script.add(batch -> {
            throw new IllegalStateException("bad");
        });
        add(process, "a", "b", "c", "d");
        rig.advance(Duration.ofSeconds(1));
        add(process, "e");
        add(process, "f");
        rig.advance(Duration.ofSeconds(2));
        add(process, "g", "h", "i");
        add(process, "j");
        rig.advance(Duration.ofSeconds(3));
        process.batcher.pause();
        rig.advance(Duration.ofSeconds(1));
        add(process, "k");
        process.batcher.resume();
        rig.advance(Duration.ofSeconds(2));
        process.batcher.flush();
        rig.advance(Duration.ofSeconds(20));
        int calls = rig.database.faults().calls();

        List<String> settled = new ArrayList<>(rig.handled);
        rig.letters.forEach(letter -> settled.addAll(letter.items()));
        String what = "call " + failAt + (afterEffect ? " after" : " before") + " its effect";
        assertThat(settled).as(what).doesNotHaveDuplicates().containsAll(acknowledged);
        settled.removeAll(acknowledged);
        assertThat(unknown).as(what).containsAll(settled);
        assertThat(rig.database.size()).as(what).isZero();
        assertThat(process.batcher.stats().storeFailure()).as(what).isEmpty();
        rig.database.faults().reset();
        add(process, "z");
        rig.advance(Duration.ofSeconds(1));
        assertThat(rig.handled).as(what).contains("z");
        process.close();
        return calls;
    }

    private void add(StoredFixture.Process process, String... items) {
        try {
            process.batcher.addMany(List.of(items));
            acknowledged.addAll(List.of(items));
        } catch (BatcherStoreException e) {
            if (e.outcomeUnknown()) {
                unknown.addAll(List.of(items));
            }
        }
    }
}
