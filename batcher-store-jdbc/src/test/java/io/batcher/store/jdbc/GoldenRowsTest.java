/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rows in every format that a version has written are read by this one. {@code golden/file-n.sql} and {@code golden/postgresql-n.sql} have
 * them; they are never changed.
 *
 * <p>If a change of the stored format makes one of the tests of what this version writes fail: write the dump to files with the next
 * number, raise {@link #LATEST}, and add that number to the tests that read.
 */
class GoldenRowsTest {

    private static final int LATEST = 1;

    @TempDir
    Path directory;

    private final String prefix = Postgres.newPrefix();

    private static String golden(String kind, int format) throws IOException {
        try (InputStream in = GoldenRowsTest.class.getResourceAsStream("/golden/" + kind + "-" + format + ".sql")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private JdbcStore restoredFile(int format) throws IOException, SQLException {
        try (Connection connection = sqlite()) {
            Dump.run(connection, golden("file", format));
        }
        return JdbcStore.file(directory);
    }

    private Connection sqlite() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("batcher.db"));
    }

    private JdbcStore restoredTables(int format) throws IOException, SQLException {
        try (Connection connection = Postgres.dataSource().getConnection()) {
            Dump.run(connection, golden("postgresql", format).replace(JdbcStore.DEFAULT_PREFIX, prefix));
        }
        return shared();
    }

    private JdbcStore shared() {
        return JdbcStore.builder(Postgres.dataSource())
                .tablePrefix(prefix)
                .pollInterval(Duration.ofMillis(20))
                .build();
    }

    @ParameterizedTest
    @ValueSource(ints = 1)
    void aFileOfAnEarlierVersionIsRead(int format) throws Exception {
        GoldenRows.assertRead(restoredFile(format));
    }

    @ParameterizedTest
    @ValueSource(ints = 1)
    void aFileOfAnEarlierVersionIsDelivered(int format) throws Exception {
        GoldenRows.assertDelivered(restoredFile(format));
    }

    @ParameterizedTest
    @ValueSource(ints = 1)
    void tablesOfAnEarlierVersionAreRead(int format) throws Exception {
        GoldenRows.assertRead(restoredTables(format));
    }

    @ParameterizedTest
    @ValueSource(ints = 1)
    void tablesOfAnEarlierVersionAreDelivered(int format) throws Exception {
        GoldenRows.assertDelivered(restoredTables(format));
    }

    @Test
    void thisVersionWritesTheLatestFormatOfTheFile() throws Exception {
        GoldenRows.write(JdbcStore.file(directory));
        try (Connection connection = sqlite()) {
            assertLatest("file", Dump.ofFile(connection));
        }
    }

    @Test
    void thisVersionWritesTheLatestFormatOfTheTables() throws Exception {
        GoldenRows.write(shared());
        try (Connection connection = Postgres.dataSource().getConnection()) {
            assertLatest("postgresql", Dump.ofPostgres(connection, prefix));
        }
    }

    /** What is written now is left beside the compiled tests. */
    private static void assertLatest(String kind, String dump) throws IOException {
        Files.writeString(Path.of("target", kind + ".sql"), dump);
        assertThat(dump).isEqualTo(Dump.withoutComments(golden(kind, LATEST)));
    }
}
