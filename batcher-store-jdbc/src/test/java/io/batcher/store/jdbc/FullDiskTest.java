/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.BatcherStoreException;
import io.batcher.store.BatchRecord;
import io.batcher.store.Partition;
import io.batcher.store.Settlement;
import io.batcher.store.StoredItem;
import io.batcher.store.fixtures.TestProcess;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that cannot grow: SQLite answers as with a full disk. */
class FullDiskTest {

    @TempDir
    Path temp;

    private volatile int maxPages = 60;

    private Connection limited(Connection connection) {
        setLimit(connection);
        return connection;
    }

    private void setLimit(Connection connection) {
        try (Statement statement = connection.createStatement()) {
            statement.execute("pragma max_page_count = " + maxPages);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whatWasAcknowledgedIsKeptAndIntakeResumes() {
        Connection[] last = new Connection[1];
        JdbcStore store = JdbcStore.file(
                temp.resolve("store"),
                connection -> {
                    last[0] = connection;
                    return limited(connection);
                },
                Duration.ofMillis(20),
                Duration.ofSeconds(1));
        TestProcess process = TestProcess.start(store, "readings", 1);
        List<String> acknowledged = new ArrayList<>();
        int refused = 0;
        for (int i = 0; i < 200; i++) {
            String text = i + "-" + "x".repeat(2_000);
            try {
                process.append(0, text);
                acknowledged.add(text);
            } catch (BatcherStoreException e) {
                refused++;
                assertThat(e.outcomeUnknown()).isFalse();
                assertThat(e).hasMessageContaining("disk has room");
            }
        }
        assertThat(acknowledged).isNotEmpty();
        assertThat(refused).isPositive();

        Partition partition = process.owned.get(0);
        List<StoredItem> items = partition.next(10_000, 1 << 24);
        assertThat(TestProcess.texts(items)).isEqualTo(acknowledged);
        partition.begin(new BatchRecord("readings-1", items, 1, 1));
        partition.settle(Settlement.handled(items));
        process.append(0, "room again");
        assertThat(TestProcess.texts(partition.next(10, 1 << 20))).containsExactly("room again");

        maxPages = 100_000;
        setLimit(last[0]);
        process.append(0, "y".repeat(500_000));
        process.session().close();
        assertThatThrownBy(() -> process.append(0, "z")).isInstanceOf(IllegalStateException.class);
    }
}
