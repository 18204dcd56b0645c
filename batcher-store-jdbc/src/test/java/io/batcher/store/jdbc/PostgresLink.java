/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Set;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;

/** A process's link to the database, which can be cut for good: nothing of that process gets there, not even what has begun. */
final class PostgresLink {

    private static final Set<String> LOCAL = Set.of("close", "isClosed", "hashCode", "equals", "toString");

    private PostgresLink() {}

    static DataSource to(DataSource target, BooleanSupplier cut) {
        return wrapped(DataSource.class, target, cut);
    }

    private static <T> T wrapped(Class<T> type, T target, BooleanSupplier cut) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> {
            if (cut.getAsBoolean() && !LOCAL.contains(method.getName())) {
                throw new SQLException("the process has been killed", "08006");
            }
            Object result;
            try {
                result = method.invoke(target, args);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
            if (result instanceof Connection connection) {
                return wrapped(Connection.class, connection, cut);
            }
            return result instanceof PreparedStatement statement
                    ? wrapped(PreparedStatement.class, statement, cut)
                    : result;
        }));
    }
}
