/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.BatcherStoreException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The file of a store and how it is opened: write-ahead log, an fsync with each commit, exclusive to this process.
 *
 * <p>Never opens the file but through SQLite: closing another descriptor of it would end the locks that keep other processes out.
 */
final class SqliteFile {

    private static final String NAME = "batcher.db";
    private static final Set<PosixFilePermission> PRIVATE_DIRECTORY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> PRIVATE_FILE = PosixFilePermissions.fromString("rw-------");
    private static final int SQLITE_BUSY = 5;

    private final Path directory;
    private final UnaryOperator<Connection> wrapper;

    /** Creates one. The wrapper stands between the driver and its user, for tests. */
    SqliteFile(Path directory, UnaryOperator<Connection> wrapper) {
        this.directory = directory.toAbsolutePath().normalize();
        this.wrapper = wrapper;
    }

    Path directory() {
        return directory;
    }

    @Override
    public String toString() {
        return "the store in " + directory;
    }

    /** Opens a connection without autocommit. */
    Connection connect() throws SQLException {
        Path file = prepare();
        Connection connection = driverConnection(file);
        try {
            try (Statement statement = connection.createStatement()) {
                // Exclusive before the first access: then the index of the log is in memory, and no other process gets
                // in.
                statement.execute("pragma locking_mode = exclusive");
                statement.execute("pragma journal_mode = wal");
                statement.execute("pragma synchronous = full");
                statement.execute("pragma foreign_keys = off");
                statement.execute("begin immediate");
                statement.execute("commit");
            }
            connection.setAutoCommit(false);
            return wrapper.apply(connection);
        } catch (SQLException e) {
            try {
                connection.close();
            } catch (SQLException close) {
                e.addSuppressed(close);
            }
            if (isBusy(e)) {
                throw inUse(e);
            }
            throw e;
        }
    }

    private static Connection driverConnection(Path file) throws SQLException {
        try {
            Class.forName("org.sqlite.JDBC");
        } catch (ClassNotFoundException e) {
            throw new BatcherStoreException(
                    "A file store needs the SQLite driver, which is not on the class path. Add the dependency"
                            + " org.xerial:sqlite-jdbc",
                    e);
        }
        return DriverManager.getConnection("jdbc:sqlite:" + file);
    }

    private static boolean isBusy(SQLException e) {
        return (e.getErrorCode() & 0xff) == SQLITE_BUSY;
    }

    private BatcherStoreException inUse(SQLException cause) {
        return new BatcherStoreException(
                "The directory " + directory
                        + " is in use by another process or another store. Give each process a directory of its"
                        + " own (batcher.store.file.directory), or use store: memory in tests",
                cause);
    }

    private Path prepare() {
        try {
            if (Files.isSymbolicLink(directory)) {
                throw refused(
                        "The directory " + directory + " is a symbolic link. Name the directory that it points to");
            }
            if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
                Path parent = directory.getParent();
                if (parent != null) {
                    Files.createDirectories(parent);
                }
                create(directory, true);
            }
            warnOfOthers(directory, PRIVATE_DIRECTORY);
            Path file = directory.resolve(NAME);
            if (Files.isSymbolicLink(file)) {
                throw refused("The file " + file + " is a symbolic link. Move the file that it points to there");
            }
            if (!Files.exists(file)) {
                create(file, false);
            }
            warnOfOthers(file, PRIVATE_FILE);
            return file;
        } catch (IOException e) {
            throw new BatcherStoreException(
                    "Cannot create the directory or file of the store in " + directory + ": "
                            + e.getClass().getSimpleName()
                            + ". Check that the directory exists or can be created, and is writable",
                    e);
        }
    }

    private static BatcherStoreException refused(String message) {
        return new BatcherStoreException(message, null);
    }

    /** Private from the first moment, where the file system knows permissions. SQLite gives its log the permissions of the file. */
    private static void create(Path path, boolean isDirectory) throws IOException {
        boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
        try {
            if (isDirectory && posix) {
                Files.createDirectory(path, PosixFilePermissions.asFileAttribute(PRIVATE_DIRECTORY));
            } else if (isDirectory) {
                Files.createDirectory(path);
            } else if (posix) {
                Files.createFile(path, PosixFilePermissions.asFileAttribute(PRIVATE_FILE));
            } else {
                Files.createFile(path);
            }
        } catch (FileAlreadyExistsException e) {
            if (Files.isSymbolicLink(path)) {
                throw e;
            }
            // Another process was first; SQLite decides which of them owns it.
        }
    }

    private static void warnOfOthers(Path path, Set<PosixFilePermission> allowed) throws IOException {
        PosixFileAttributeView view =
                Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        if (view == null) {
            return;
        }
        Set<PosixFilePermission> permissions = view.readAttributes().permissions();
        EnumSet<PosixFilePermission> others = EnumSet.noneOf(PosixFilePermission.class);
        others.addAll(permissions);
        others.removeAll(allowed);
        if (!others.isEmpty()) {
            Log.warning(path + " can be read by other users (" + PosixFilePermissions.toString(permissions)
                    + "): it holds the items of batchers. Restrict it to its owner");
        }
    }
}
