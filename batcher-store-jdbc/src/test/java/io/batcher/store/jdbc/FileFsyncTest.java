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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The system calls of a process that adds to a file: nothing is acknowledged before an fsync. Needs {@code strace}, on Linux. */
@Tag("soak")
@Timeout(300)
class FileFsyncTest {

    @TempDir
    Path temp;

    private Path store;
    private Path log;

    @BeforeEach
    void paths() throws Exception {
        store = temp.toRealPath().resolve("store");
        log = store.resolve("batcher.db-wal");
    }

    private SystemCalls run(int threads, int adds, boolean synchronous) throws Exception {
        Path trace = temp.resolve("trace");
        Path lines = temp.toRealPath().resolve("lines");
        Path errors = temp.resolve("errors");
        Process child = ChildJvm.start(
                SystemCalls.watchedBy(trace),
                FsyncWorker.class,
                128,
                errors,
                List.of(
                        store.toString(),
                        lines.toString(),
                        Integer.toString(threads),
                        Integer.toString(adds),
                        Boolean.toString(synchronous)));
        assertThat(child.waitFor(200, TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue())
                .as("child output: %s", Files.readString(errors))
                .isZero();
        SystemCalls calls = SystemCalls.of(trace, lines);
        assertThat(calls.lines("a ")).as("adds in the trace").isEqualTo(threads * adds);
        System.out.printf(
                "%d threads: %d adds, %d commits, %d fsyncs of the log%n",
                threads, threads * adds, calls.commits(), calls.fsyncs(log));
        return calls;
    }

    @Test
    void eachAddOfOneThreadHasAnFsync() throws Exception {
        SystemCalls calls = run(1, 200, true);
        assertThat(calls.addsWithout(log)).isEmpty();
        assertThat(calls.commitsWithout(log)).isZero();
        assertThat(calls.commits()).isEqualTo(200);
        assertThat(calls.fsyncs(log)).isGreaterThanOrEqualTo(200);
    }

    @Test
    void eachGroupOfManyThreadsHasAnFsyncThatItsAddsShare() throws Exception {
        SystemCalls calls = run(16, 50, true);
        assertThat(calls.addsWithout(log)).isEmpty();
        assertThat(calls.commitsWithout(log)).isZero();
        assertThat(calls.commits()).isLessThan(16 * 50);
        assertThat(calls.fsyncs(log)).isGreaterThanOrEqualTo(calls.commits());
    }

    @Test
    void theEntriesOfTheDirectoriesAreOnDiskBeforeTheFirstAddReturns() throws Exception {
        SystemCalls calls = run(1, 1, true);
        assertThat(calls.isSynchronizedBeforeTheFirstAdd(store.getParent()))
                .as("the entry of the store's directory")
                .isTrue();
        assertThat(calls.isSynchronizedBeforeTheFirstAdd(store))
                .as("the entries of the files")
                .isTrue();
    }

    /** Otherwise these tests would find nothing. */
    @Test
    void commitsThatDoNotReachTheDiskAreNoticed() throws Exception {
        SystemCalls calls = run(4, 25, false);
        assertThat(calls.addsWithout(log)).isNotEmpty();
        assertThat(calls.commitsWithout(log)).isPositive();
    }
}
