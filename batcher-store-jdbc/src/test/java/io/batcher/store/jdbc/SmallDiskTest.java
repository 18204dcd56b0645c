/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.store.fixtures.ChildJvm;
import io.batcher.store.fixtures.CrashLog;
import io.batcher.store.fixtures.CrashVerdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A batcher on a disk of a few megabytes that is full and then freed. Needs {@code unshare}, on Linux. */
@Tag("soak")
@Timeout(180)
class SmallDiskTest {

    @TempDir
    Path temp;

    /** Mounts a disk in memory that only the command behind it sees, and that ends with it. */
    private static List<String> withDiskOf(String size, Path directory) {
        List<String> command = new ArrayList<>(List.of("unshare", "--mount"));
        if (!System.getProperty("user.name").equals("root")) {
            command.add("--map-root-user");
        }
        command.addAll(List.of(
                "sh", "-c", "mount -t tmpfs -o size=" + size + " batcher \"$0\" && exec \"$@\"", directory.toString()));
        return command;
    }

    @Test
    void whatWasAcknowledgedIsDeliveredAndIntakeResumesWhenTheDiskIsFreed() throws Exception {
        List<String> lines = CrashLog.read(run());
        CrashVerdict verdict = new CrashVerdict(lines);
        verdict.assertNothingLost();
        verdict.assertOrder();
        verdict.assertRedeliveriesAreTheSameBatch(0);
        assertThat(verdict.acknowledged()).isGreaterThan(100);
        assertThat(items(lines, "F ")).hasSize(1);
        assertThat(lines).contains("S true");
        List<String> delivered = delivered(lines);
        List<String> refused = items(lines, "N ");
        System.out.printf(
                "full disk: %s, %d adds refused, %d unknown%n",
                verdict.figures(), refused.size(), items(lines, "U ").size());
        assertThat(refused).isNotEmpty().doesNotContainAnyElementsOf(delivered);
    }

    private Path run() throws Exception {
        Path disk = Files.createDirectory(temp.resolve("disk"));
        Path log = temp.resolve("log");
        Path errors = temp.resolve("errors");
        Process child = ChildJvm.start(
                withDiskOf("6m", disk), FullDiskWorker.class, 128, errors, List.of(disk.toString(), log.toString()));
        assertThat(child.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue())
                .as("child output: %s", Files.readString(errors))
                .isZero();
        return log;
    }

    private static List<String> items(List<String> lines, String first) {
        return lines.stream()
                .filter(line -> line.startsWith(first))
                .map(line -> line.substring(2))
                .toList();
    }

    private static List<String> delivered(List<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith("D "))
                .flatMap(line -> List.of(line.split(" ")).stream().skip(4))
                .toList();
    }
}
