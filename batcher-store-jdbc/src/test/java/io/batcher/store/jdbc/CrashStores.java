/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import io.batcher.store.fixtures.CrashWorker;
import java.nio.file.Path;
import java.time.Duration;
import javax.sql.DataSource;

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

    /** Returns a pool: three processes that open a connection for each call would leave no processor to start another. */
    static DataSource dataSource(String argument) {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(argument.substring(0, argument.indexOf('#')));
        pool.setConnectionTimeout(2_000);
        return pool;
    }
}
