/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.BatcherStoreException;
import io.batcher.store.Partition;
import io.batcher.store.StoredItem;
import io.batcher.store.fixtures.TestProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A damaged file opens or says why, serves no item that was not added, and tells of each loss. */
class FileDamageTest {

    private static final int ITEMS = 400;
    private static final String DB = "batcher.db";
    private static final String WAL = "batcher.db-wal";

    @TempDir
    Path temp;

    /** The file and its log as a killed process leaves them. */
    private Path crashed;

    /** The file as a closed store leaves it. */
    private Path closed;

    private int copies;

    private interface Damage {
        void to(Path directory) throws IOException;
    }

    /** What became of a damaged store. */
    private record Outcome(boolean refused, int served, boolean told) {}

    @BeforeEach
    void makeFiles() throws IOException {
        crashed = Files.createDirectory(temp.resolve("crashed"));
        closed = Files.createDirectory(temp.resolve("closed"));
        Path original = temp.resolve("original");
        TestProcess process = TestProcess.start(JdbcStore.file(original), "readings", 2);
        for (int i = 0; i < ITEMS; i += 4) {
            process.append(0, text(i), text(i + 1), text(i + 2), text(i + 3));
        }
        Files.copy(original.resolve(DB), crashed.resolve(DB));
        Files.copy(original.resolve(WAL), crashed.resolve(WAL));
        process.session().close();
        Files.copy(original.resolve(DB), closed.resolve(DB));
    }

    private static String text(int number) {
        return String.format("item-%05d-%s", number, "x".repeat(60));
    }

    @Test
    void undamagedFilesAreServedWhole() throws IOException {
        assertThat(after(closed, directory -> {})).isEqualTo(new Outcome(false, ITEMS, false));
        assertThat(after(crashed, directory -> {})).isEqualTo(new Outcome(false, ITEMS, false));
    }

    @Test
    void aTruncatedFile() throws IOException {
        for (int part = 0; part < 8; part++) {
            int eighths = part;
            assertToldOrWhole(after(closed, directory -> {
                byte[] bytes = Files.readAllBytes(directory.resolve(DB));
                Files.write(directory.resolve(DB), Arrays.copyOf(bytes, bytes.length * eighths / 8));
            }));
        }
    }

    @Test
    void aFlippedBit() throws IOException {
        Random random = new Random(7);
        int size = (int) Files.size(closed.resolve(DB));
        for (int i = 0; i < 60; i++) {
            // The last page and everything else in turn.
            int at = i % 2 == 0 ? size - 1 - random.nextInt(4096) : random.nextInt(size);
            assertToldOrWhole(after(closed, directory -> flip(directory.resolve(DB), at, random)));
        }
    }

    @Test
    void aFlippedBitInTheLog() throws IOException {
        Random random = new Random(8);
        int size = (int) Files.size(crashed.resolve(WAL));
        for (int i = 0; i < 20; i++) {
            int at = random.nextInt(size);
            Outcome outcome = after(crashed, directory -> flip(directory.resolve(WAL), at, random));
            // SQLite ignores the log from the damaged frame on, as it does with frames that a crash cut off.
            assertThat(outcome.served()).isLessThanOrEqualTo(ITEMS);
        }
    }

    @Test
    void garbageBehindTheEnd() throws IOException {
        assertToldOrWhole(after(closed, directory -> {
            byte[] bytes = Files.readAllBytes(directory.resolve(DB));
            byte[] longer = Arrays.copyOf(bytes, bytes.length + 10_000);
            Arrays.fill(longer, bytes.length, longer.length, (byte) 0xa5);
            Files.write(directory.resolve(DB), longer);
        }));
    }

    @Test
    void aZeroedPage() throws IOException {
        int pages = (int) Files.size(closed.resolve(DB)) / 4096;
        for (int page = 0; page < pages; page++) {
            int at = page;
            assertToldOrWhole(after(closed, directory -> {
                byte[] bytes = Files.readAllBytes(directory.resolve(DB));
                Arrays.fill(bytes, at * 4096, (at + 1) * 4096, (byte) 0);
                Files.write(directory.resolve(DB), bytes);
            }));
        }
    }

    @Test
    void aLogThatWasDeletedAfterACrash() throws IOException {
        Outcome outcome = after(crashed, directory -> Files.delete(directory.resolve(WAL)));

        assertThat(outcome.refused() || outcome.told()).isTrue();
    }

    @Test
    void aFileThatIsNoDatabaseSaysSo() throws IOException {
        Path directory = Files.createDirectory(temp.resolve("none"));
        Files.writeString(directory.resolve(DB), "this is not a database".repeat(300));

        BatcherStoreException refused = null;
        try {
            TestProcess.open(JdbcStore.file(directory), "readings", 2).session().close();
        } catch (BatcherStoreException e) {
            refused = e;
        }
        assertThat(refused).hasMessageContaining("damaged").hasMessageContaining(directory.toString());
    }

    private static void flip(Path file, int at, Random random) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[at] ^= (byte) (1 << random.nextInt(8));
        Files.write(file, bytes);
    }

    private static void assertToldOrWhole(Outcome outcome) {
        assertThat(outcome.refused() || outcome.told() || outcome.served() == ITEMS)
                .as("%s", outcome)
                .isTrue();
    }

    /** Damages a copy, opens it and reads everything. */
    private Outcome after(Path original, Damage damage) throws IOException {
        Path directory = Files.createDirectory(temp.resolve("copy-" + ++copies));
        try (var files = Files.list(original)) {
            for (Path file : files.toList()) {
                Files.copy(file, directory.resolve(file.getFileName()));
            }
        }
        damage.to(directory);
        TestProcess process;
        try {
            process = TestProcess.open(JdbcStore.file(directory), "readings", 2);
        } catch (BatcherStoreException e) {
            assertThat(e).hasMessageContaining(directory.toString());
            return new Outcome(true, 0, true);
        }
        List<String> served = new ArrayList<>();
        boolean failed = false;
        try {
            process.session().start();
            for (Partition partition : process.owned.values()) {
                for (List<StoredItem> next = partition.next(50, 1 << 20);
                        !next.isEmpty();
                        next = partition.next(50, 1 << 20)) {
                    served.addAll(TestProcess.texts(next));
                }
            }
        } catch (BatcherStoreException e) {
            failed = true;
        }
        process.session().close();
        List<String> all = new ArrayList<>();
        for (int i = 0; i < ITEMS; i++) {
            all.add(text(i));
        }
        assertThat(all).as("served items that were added").containsAll(served);
        assertThat(served).as("order").isSorted().doesNotHaveDuplicates();
        return new Outcome(failed, served.size(), !process.damage.isEmpty());
    }
}
