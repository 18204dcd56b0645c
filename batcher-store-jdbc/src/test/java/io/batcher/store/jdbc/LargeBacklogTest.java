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
        assertThat(run("fill")).isEmpty();

        List<String> lines = run("drain");

        lines.forEach(System.out::println);
        assertThat(lines).hasSize(2);
        assertThat(number(lines.get(0))).as("ms until the first batch").isLessThan(1_000);
        assertThat(number(lines.get(1))).isEqualTo(ITEMS);
    }

    private List<String> run(String what) throws Exception {
        Path output = temp.resolve(what);
        Process process = ChildJvm.start(
                LargeBacklog.class,
                64,
                output,
                List.of(what, temp.resolve("store").toString(), String.valueOf(ITEMS)));
        assertThat(process.waitFor(140, TimeUnit.SECONDS)).isTrue();
        String text = Files.readString(output);
        assertThat(process.exitValue()).as("output: %s", text).isZero();
        return text.lines().filter(line -> line.startsWith(LargeBacklog.RESULT)).toList();
    }

    private static long number(String line) {
        return Long.parseLong(line.substring(line.lastIndexOf(' ') + 1));
    }
}
