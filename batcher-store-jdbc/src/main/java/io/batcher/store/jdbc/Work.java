/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import java.sql.SQLException;

/** Statements of one transaction. May run more than once, each time after what it did was rolled back. */
@FunctionalInterface
interface Work<R> {

    R run(Jdbc jdbc) throws SQLException;
}
