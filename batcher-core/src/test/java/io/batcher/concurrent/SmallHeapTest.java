/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * G12, in a heap little larger than the waiting items: close needs no memory per item beyond the list, and items that could not be
 * handed back for lack of memory are handed to the next call. In a process of its own.
 */
class SmallHeapTest {

    private static String run(String heap, String... arguments) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + heap,
                        "-XX:+UseSerialGC",
                        "-XX:-UseGCOverheadLimit",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CloseInSmallHeap.class.getName(),
                        arguments[0],
                        arguments[1],
                        arguments[2])
                .redirectErrorStream(true)
                .start();
        process.onExit().orTimeout(1, TimeUnit.MINUTES).exceptionally(late -> process.destroyForcibly());
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        process.waitFor();
        return output.strip();
    }

    /** A million items are 4 MB of slots. The list takes another 4 MB, and at most three of these exist while it is built. */
    @Test
    void aMillionItemsAreHandedBackInTwentyMegabytes() throws Exception {
        assertThat(run("20m", "1000000", "add", "roomy")).isEqualTo("OK");
    }

    @Test
    void ifMemoryForTheListIsMissingTheNextCloseReturnsIt() throws Exception {
        assertThat(run("32m", "1000000", "add", "full")).isEqualTo("OK");
    }

    @Test
    void submittedItemsAreHandedBackInASmallHeap() throws Exception {
        assertThat(run("64m", "200000", "submit", "full")).isEqualTo("OK");
    }
}
