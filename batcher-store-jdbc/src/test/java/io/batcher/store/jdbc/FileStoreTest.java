/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.BatcherStoreException;
import io.batcher.fixtures.CapturedLog;
import io.batcher.store.BatchRecord;
import io.batcher.store.DeadLetters;
import io.batcher.store.Partition;
import io.batcher.store.Settlement;
import io.batcher.store.StoredItem;
import io.batcher.store.fixtures.TestProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is particular to a file. */
class FileStoreTest {

    @TempDir
    Path temp;

    private Path directory() {
        return temp.resolve("a").resolve("store");
    }

    @Test
    void aSecondStoreOnTheSameDirectoryIsRefusedWithAWayOut() {
        try (var first =
                TestProcess.start(JdbcStore.file(directory()), "readings", 1).session()) {
            assertThat(first.isShared()).isFalse();
            assertThatThrownBy(() -> TestProcess.start(JdbcStore.file(directory()), "readings", 1))
                    .isInstanceOf(BatcherStoreException.class)
                    .hasMessageContaining(directory().toString())
                    .hasMessageContaining("store: memory");
        }
        TestProcess.start(JdbcStore.file(directory()), "readings", 1).session().close();
    }

    @Test
    void aStoreOpensAgainAfterItsLastSession() {
        JdbcStore store = JdbcStore.file(directory());
        TestProcess first = TestProcess.start(store, "readings", 1);
        first.append(0, "a");
        first.session().close();
        assertThatThrownBy(() -> first.append(0, "b"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");

        TestProcess second = TestProcess.start(store, "readings", 1);
        assertThat(TestProcess.texts(second.owned.get(0).next(10, 1_000))).containsExactly("a");
        second.session().close();
    }

    @Test
    void whatItCreatesIsPrivate() throws Exception {
        TestProcess process = TestProcess.start(JdbcStore.file(directory()), "readings", 1);
        process.append(0, "a");

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory())))
                .isEqualTo("rwx------");
        try (var files = Files.list(directory())) {
            assertThat(files.toList())
                    .hasSizeGreaterThanOrEqualTo(2)
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo("rw-------"));
        }
        process.session().close();
    }

    @Test
    void aDirectoryThatOthersCanReadIsAWarning() throws Exception {
        Files.createDirectories(directory());
        Files.setPosixFilePermissions(directory(), PosixFilePermissions.fromString("rwxr-xr-x"));
        try (CapturedLog log = new CapturedLog()) {
            TestProcess.start(JdbcStore.file(directory()), "readings", 1)
                    .session()
                    .close();
            assertThat(log.lines())
                    .anyMatch(line -> line.startsWith("WARNING")
                            && line.contains(directory().toString())
                            && line.contains("rwxr-xr-x"));
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory())))
                .isEqualTo("rwxr-xr-x");
    }

    @Test
    void itsLogHasNoSharedIndex() throws Exception {
        TestProcess process = TestProcess.start(JdbcStore.file(directory()), "readings", 1);
        process.append(0, "a");

        assertThat(directory().resolve("batcher.db-wal")).exists();
        assertThat(directory().resolve("batcher.db-shm")).doesNotExist();
        process.session().close();
    }

    @Test
    void aSymbolicLinkIsRefused() throws Exception {
        Path target = Files.createDirectory(temp.resolve("target"));
        Path link = Files.createSymbolicLink(temp.resolve("link"), target);

        assertThatThrownBy(() -> TestProcess.start(JdbcStore.file(link), "readings", 1))
                .isInstanceOf(BatcherStoreException.class)
                .hasMessageContaining("symbolic link");

        Path victim = Files.createFile(temp.resolve("victim"));
        Files.createDirectories(directory());
        Files.createSymbolicLink(directory().resolve("batcher.db"), victim);
        assertThatThrownBy(() -> TestProcess.start(JdbcStore.file(directory()), "readings", 1))
                .isInstanceOf(BatcherStoreException.class)
                .hasMessageContaining("symbolic link");
        assertThat(victim).isEmptyFile();
    }

    @Test
    void aDirectoryThatCannotBeMadeIsNamed() throws Exception {
        Path file = Files.createFile(temp.resolve("file"));

        assertThatThrownBy(() -> TestProcess.start(JdbcStore.file(file.resolve("store")), "readings", 1))
                .isInstanceOf(BatcherStoreException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void idsAreNotUsedAgainAfterEverythingWasHandled() {
        TestProcess first = TestProcess.start(JdbcStore.file(directory()), "readings", 1);
        var before = first.append(0, "a", "b");
        Partition partition = first.owned.get(0);
        List<StoredItem> items = partition.next(10, 1_000);
        partition.settle(Settlement.handled(items));
        first.session().close();

        TestProcess second = TestProcess.start(JdbcStore.file(directory()), "readings", 1);
        assertThat(second.append(0, "c")).doesNotContainAnyElementsOf(before);
        second.session().close();
    }

    @Test
    void manyThreadsAddAtOnceAndEachKeepsItsOrder() throws Exception {
        int threads = 16;
        int adds = 200;
        TestProcess process = TestProcess.start(JdbcStore.file(directory()), "readings", 1);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        List<Future<?>> all = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            String thread = "t" + t + "-";
            all.add(pool.submit(() -> {
                for (int i = 0; i < adds; i++) {
                    process.append(0, thread + i);
                }
            }));
        }
        for (Future<?> each : all) {
            each.get(60, TimeUnit.SECONDS);
        }
        pool.shutdown();

        List<String> texts = TestProcess.texts(process.owned.get(0).next(100_000, 1 << 24));
        assertThat(texts).hasSize(threads * adds);
        for (int t = 0; t < threads; t++) {
            String thread = "t" + t + "-";
            assertThat(texts.stream().filter(text -> text.startsWith(thread)).toList())
                    .isEqualTo(java.util.stream.IntStream.range(0, adds)
                            .mapToObj(i -> thread + i)
                            .toList());
        }
        process.session().close();
    }

    @Test
    void aDamagedItemIsSetAsideAndNotReadForARedrive() throws Exception {
        TestProcess before = TestProcess.start(JdbcStore.file(directory()), "readings", 1);
        before.append(0, "a", "b", "c");
        before.session().close();
        inFile("update batcher_item set payload = x'00' where id < 3");

        TestProcess process = TestProcess.start(JdbcStore.file(directory()), "readings", 1);
        assertThat(TestProcess.texts(process.owned.get(0).next(2, 1_000))).containsExactly("c");
        assertThat(process.damage).singleElement().asString().contains("2 items", "checksum");
        DeadLetters letters = process.session().deadLetters().orElseThrow();
        List<DeadLetters.Letter> list = letters.list(0, 10);
        assertThat(list).extracting(DeadLetters.Letter::errorType).containsExactly("damaged", "damaged");
        assertThat(letters.read(list.stream().map(DeadLetters.Letter::id).toList()))
                .isEmpty();
        process.session().close();
    }

    @Test
    void whatIsLeftOfADamagedBatchHasAnIdOfItsOwn() throws Exception {
        TestProcess before = TestProcess.start(JdbcStore.file(directory()), "readings", 1);
        before.append(0, "a", "b", "c", "d");
        Partition first = before.owned.get(0);
        first.begin(new BatchRecord("readings-1", first.next(10, 1_000), 2, 1));
        before.session().close();
        inFile("update batcher_item set payload = x'00' where id = 2");
        inFile("delete from batcher_item where id = 4");

        TestProcess process = TestProcess.start(JdbcStore.file(directory()), "readings", 1);
        BatchRecord left = process.owned.get(0).recorded().orElseThrow();
        assertThat(left.id()).isEqualTo("readings-1/2");
        assertThat(TestProcess.texts(left.items())).containsExactly("a", "c");
        assertThat(left.attempt()).isEqualTo(2);
        assertThat(process.damage).anyMatch(what -> what.contains("1 items are missing"));
        process.owned.get(0).begin(new BatchRecord(left.id(), left.items(), 3, 2));
        process.owned.get(0).settle(Settlement.handled(left.items()));
        assertThat(process.session().count().items()).isZero();
        process.session().close();
    }

    private void inFile(String sql) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection("jdbc:sqlite:" + directory().resolve("batcher.db"));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void aReaderSeesNothingOfAnAppendThatFailed() {
        TestProcess process = TestProcess.start(JdbcStore.file(directory()), "readings", 2);

        assertThatThrownBy(() -> process.session().append(List.of(TestProcess.item(0, "a"), TestProcess.item(7, "b"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("partition 7");
        assertThat(process.owned.get(0).next(10, 1_000)).isEmpty();
        process.session().close();
    }
}
