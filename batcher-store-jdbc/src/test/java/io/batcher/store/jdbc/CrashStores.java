/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.store.fixtures.CrashWorker;
import java.nio.file.Path;
import java.time.Duration;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** The processes that are killed, and their stores by one argument. */
final class CrashStores {

    static final Duration POLL = Duration.ofMillis(100);
    static final Duration LEASE = Duration.ofMillis(1_500);

    private CrashStores() {}

    /** Arguments: the directory of the store, a name of this run, the file of the log. */
    public static void main(String[] args) {
        CrashWorker.run(file(args[0]), args[1], Path.of(args[2]), args.length > 3);
    }

    static String onFile(Path directory) {
        return directory.toString();
    }

    static String onPostgres(String url, String prefix) {
        return url + "#" + prefix;
    }

    static JdbcStore file(String argument) {
        return JdbcStore.file(Path.of(argument));
    }

    static JdbcStore shared(String argument, TestTransactions transactions) {
        return JdbcStore.builder(dataSource(argument))
                .tablePrefix(argument.substring(argument.indexOf('#') + 1))
                .pollInterval(POLL)
                .lease(LEASE)
                .timeout(Duration.ofSeconds(2))
                .transactions(transactions)
                .build();
    }

    static DataSource dataSource(String argument) {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(argument.substring(0, argument.indexOf('#')));
        return dataSource;
    }
}
