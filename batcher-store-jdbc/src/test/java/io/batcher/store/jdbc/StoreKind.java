/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import java.nio.file.Path;
import java.time.Duration;

/** The stores of this module, for tests that hold for both. Each call makes a store of its own on the same items. */
enum StoreKind {
    FILE {
        @Override
        JdbcStore open(Path directory, String prefix) {
            return JdbcStore.file(directory.resolve("store"));
        }
    },
    POSTGRES {
        @Override
        JdbcStore open(Path directory, String prefix) {
            return JdbcStore.builder(Postgres.dataSource())
                    .tablePrefix(prefix)
                    .pollInterval(Duration.ofMillis(50))
                    .lease(Duration.ofSeconds(1))
                    .build();
        }
    };

    /**
     * Opens a store.
     *
     * @param directory the directory of a test, in which a file is
     * @param prefix the table prefix of a test, for a database
     */
    abstract JdbcStore open(Path directory, String prefix);
}
