/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** A store of batchers in a local file (SQLite) or in PostgreSQL: {@link io.batcher.store.jdbc.JdbcStore}. */
@NullMarked
package io.batcher.store.jdbc;

import org.jspecify.annotations.NullMarked;
