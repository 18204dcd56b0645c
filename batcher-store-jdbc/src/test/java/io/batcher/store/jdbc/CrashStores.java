/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import java.nio.file.Path;
import java.time.Duration;
import org.postgresql.ds.PGSimpleDataSource;

/** The stores of processes that are killed, by one argument. */
final class CrashStores {

    static final Duration POLL = Duration.ofMillis(100);
    static final Duration LEASE = Duration.ofMillis(1_500);

    private static final String SHARED = "jdbc:";

    private CrashStores() {}

    static String onFile(Path directory) {
        return directory.toString();
    }

    static String onPostgres(String url, String prefix) {
        return url + "#" + prefix;
    }

    static JdbcStore open(String argument) {
        if (!argument.startsWith(SHARED)) {
            return JdbcStore.file(Path.of(argument));
        }
        String[] parts = argument.split("#");
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(parts[0]);
        return JdbcStore.builder(dataSource)
                .tablePrefix(parts[1])
                .pollInterval(POLL)
                .lease(LEASE)
                .timeout(Duration.ofSeconds(2))
                .build();
    }
}
