/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** The client of the cloud API, and a built-in stand-in for that API: slow calls that take arrays of readings, and a database. */
@NullMarked
package io.batcher.sample.cloud;

import org.jspecify.annotations.NullMarked;
