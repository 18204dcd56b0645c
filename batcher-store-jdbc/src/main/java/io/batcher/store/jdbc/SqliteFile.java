/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.BatcherStoreException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumSet;
import java.util.Properties;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

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
    private static final int SQLITE_CORRUPT = 11;
    private static final int SQLITE_NOTADB = 26;
    private static final int SQLITE_MASK = 0xff;

    static final String DAMAGE_HELP =
            "Move its directory away to start with an empty one; \"sqlite3 batcher.db .recover\" reads"
                    + " what can still be read";

    /** The state of the file, in its header: the number of the format, and whether it was closed in order. */
    private static final int CLOSED = 11;

    private static final int OPEN = 12;
    private static final int LAST_KNOWN = 19;

    /** The largest file that is checked whole when it opens, which takes less than a second. */
    private static final long MAX_CHECKED_BYTES = 32L << 20;

    private final Path directory;
    private final UnaryOperator<Connection> wrapper;
    private volatile @Nullable String loss;

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
        loss = null;
        Path file = prepare();
        boolean hasLog = Files.exists(file.resolveSibling(NAME + "-wal"));
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
            Jdbc jdbc = new Jdbc(connection, 0);
            if (check(jdbc, file, hasLog) != OPEN) {
                jdbc.execute("pragma user_version = " + OPEN);
                // The state has to be in the file itself: it tells that a log belongs to it.
                jdbc.execute("pragma wal_checkpoint(truncate)");
            }
            connection.setAutoCommit(false);
            return wrapper.apply(connection);
        } catch (SQLException | RuntimeException e) {
            try {
                connection.close();
            } catch (SQLException close) {
                e.addSuppressed(close);
            }
            if (e instanceof SQLException sql && isBusy(sql)) {
                throw inUse(sql);
            }
            throw e;
        }
    }

    /** Returns the state of the file. */
    private int check(Jdbc jdbc, Path file, boolean hasLog) throws SQLException {
        int state = Integer.parseInt(jdbc.text("pragma user_version"));
        if (state > LAST_KNOWN) {
            throw new BatcherStoreException(
                    "The file " + file + " was written by a newer version of Batcher (format " + state / 10
                            + "). Use that version, or another directory",
                    null);
        }
        if (state == OPEN && !hasLog) {
            loss = "the log of the file (" + NAME + "-wal) was removed after a crash: what was stored last is lost";
        }
        if (size(file) <= MAX_CHECKED_BYTES) {
            String found = jdbc.text("pragma integrity_check(1)");
            if (!found.equals("ok")) {
                throw new BatcherStoreException(
                        "The file " + file + " is damaged. " + DAMAGE_HELP, new SQLException(found));
            }
        }
        return state;
    }

    private static long size(Path file) {
        return file.toFile().length();
    }

    /** Returns what was lost, as far as the file tells it without being read; null if nothing was. */
    @Nullable String loss() {
        return loss;
    }

    /** Notes in the file that it is closed in order. */
    void markClosed(Jdbc jdbc) throws SQLException {
        jdbc.execute("pragma user_version = " + CLOSED);
        jdbc.connection().commit();
    }

    static boolean isDamaged(SQLException e) {
        int code = e.getErrorCode() & SQLITE_MASK;
        return code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
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
        Properties properties = new Properties();
        // Otherwise the driver runs a query after each insert.
        properties.setProperty("jdbc.get_generated_keys", "false");
        return DriverManager.getConnection("jdbc:sqlite:" + file, properties);
    }

    private static boolean isBusy(SQLException e) {
        return (e.getErrorCode() & SQLITE_MASK) == SQLITE_BUSY;
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
                createDirectory();
            }
            warnOfOthers(directory, PRIVATE_DIRECTORY);
            Path file = directory.resolve(NAME);
            if (Files.isSymbolicLink(file)) {
                throw refused("The file " + file + " is a symbolic link. Move the file that it points to there");
            }
            if (!Files.exists(file)) {
                create(file, false);
            } else if (size(file) == 0) {
                loss = "the file was empty: unless its first start was interrupted, what it held is lost";
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

    private void createDirectory() throws IOException {
        Path parent = directory.getParent();
        Path existing = parent;
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        if (parent != null) {
            Files.createDirectories(parent);
        }
        create(directory, true);
        // SQLite does the same for the directory itself, when it creates its log.
        for (Path each = parent; each != null; each = each.equals(existing) ? null : each.getParent()) {
            force(each);
        }
    }

    /** Writes the entries of a directory to the disk, where the operating system can. */
    private static void force(Path directory) {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Windows opens no directory. A directory of the user's may be unreadable.
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
