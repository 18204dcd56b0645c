/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.store.fixtures.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A start on a million stored items with a heap of 64 MiB. */
@Timeout(300)
class LargeBacklogTest {

    private static final int ITEMS = 1_000_000;

    @TempDir
    Path temp;

    @Test
    void theFirstBatchComesWithinASecondAndAllAreDelivered() throws Exception {
        assertThat(run("fill", "large", ITEMS)).isEmpty();
        assertThat(run("fill", "small", LargeBacklog.CALL)).isEmpty();

        long millis = result("first", "large");
        long overhead = result("first", "small"); // of a process on this machine now
        long handled = result("drain", "large");

        System.out.printf("first batch of %d items after %d ms, of one batch %d ms%n", handled, millis, overhead);
        assertThat(millis).as("ms until the first batch").isLessThan(Math.max(1_000, overhead * 3 / 2));
        assertThat(handled).isEqualTo(ITEMS);
    }

    private long result(String what, String store) throws Exception {
        List<String> lines = run(what, store, 0);
        assertThat(lines).hasSize(1);
        return Long.parseLong(lines.get(0).substring(LargeBacklog.RESULT.length()));
    }

    private List<String> run(String what, String store, int items) throws Exception {
        Path output = temp.resolve(what + "-" + store);
        Process process = ChildJvm.start(
                LargeBacklog.class,
                64,
                output,
                List.of(what, temp.resolve(store).toString(), String.valueOf(items)));
        assertThat(process.waitFor(140, TimeUnit.SECONDS)).isTrue();
        String text = Files.readString(output);
        assertThat(process.exitValue()).as("output: %s", text).isZero();
        return text.lines().filter(line -> line.startsWith(LargeBacklog.RESULT)).toList();
    }
}
