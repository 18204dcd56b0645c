/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.store.fixtures.TestProcess;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.stream.IntStream;

/**
 * A process that adds to a file, for a test that watches its system calls. It writes lines to a file, each with one call: {@code b n}
 * before an add, {@code a n} when it has returned, {@code c} when a transaction has committed.
 */
public final class FsyncWorker {

    private FsyncWorker() {}

    /** Arguments: the directory of the store, the file of the lines, threads, adds of each, whether commits are synchronous. */
    public static void main(String[] args) throws Exception {
        int threads = Integer.parseInt(args[2]);
        int adds = Integer.parseInt(args[3]);
        boolean synchronous = Boolean.parseBoolean(args[4]);
        try (FileOutputStream lines = new FileOutputStream(args[1])) {
            JdbcStore store = JdbcStore.file(
                    Path.of(args[0]),
                    connection -> observed(synchronous ? connection : off(connection), lines),
                    Duration.ofMillis(100),
                    Duration.ofSeconds(30));
            TestProcess process = TestProcess.open(store, "readings", 1);
            Thread[] all = IntStream.range(0, threads)
                    .mapToObj(thread -> new Thread(() -> add(process, thread * adds, adds, lines)))
                    .toArray(Thread[]::new);
            for (Thread thread : all) {
                thread.start();
            }
            for (Thread thread : all) {
                thread.join();
            }
            process.session().close();
        }
    }

    private static void add(TestProcess process, int first, int adds, FileOutputStream lines) {
        for (int i = first; i < first + adds; i++) {
            write(lines, "b " + i);
            process.append(0, "item-" + i);
            write(lines, "a " + i);
        }
    }

    private static void write(FileOutputStream lines, String line) {
        try {
            lines.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Connection observed(Connection connection, FileOutputStream lines) {
        return (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (self, method, args) -> {
                    try {
                        Object result = method.invoke(connection, args);
                        if (method.getName().equals("commit")) {
                            write(lines, "c");
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** Makes commits that do not reach the disk, which the test has to notice. */
    private static Connection off(Connection connection) {
        try (Statement statement = connection.createStatement()) {
            connection.setAutoCommit(true);
            statement.execute("pragma synchronous = off");
            connection.setAutoCommit(false);
            return connection;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
