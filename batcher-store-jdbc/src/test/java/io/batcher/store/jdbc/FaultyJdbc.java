/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.store.fixtures.Faults;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Set;
import javax.sql.DataSource;

/** Wraps connections, so that the calls that reach the database fail as {@link Faults} plans. */
final class FaultyJdbc {

    private static final Set<String> CALLS =
            Set.of("commit", "executeUpdate", "executeQuery", "executeBatch", "getConnection");

    private final Faults faults;

    FaultyJdbc(Faults faults) {
        this.faults = faults;
    }

    Connection wrap(Connection connection) {
        return proxy(Connection.class, connection);
    }

    DataSource wrap(DataSource dataSource) {
        return proxy(DataSource.class, dataSource);
    }

    private <T> T proxy(Class<T> type, T target) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> call(target, method, args)));
    }

    private Object call(Object target, Method method, Object[] args) throws Throwable {
        Faults.Moment moment = CALLS.contains(method.getName()) ? faults.next() : Faults.Moment.NEVER;
        if (moment == Faults.Moment.BEFORE) {
            throw new SQLException("planned failure before " + method.getName());
        }
        Object result;
        try {
            result = method.invoke(target, args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
        if (moment == Faults.Moment.AFTER) {
            if (result instanceof Connection connection) {
                connection.close();
            }
            throw new SQLException("planned failure after " + method.getName());
        }
        if (result instanceof PreparedStatement statement) {
            return proxy(PreparedStatement.class, statement);
        }
        return result instanceof Connection connection ? wrap(connection) : result;
    }
}
