/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** A stand-in for somebody else's service: a slow API that takes arrays of readings, and its database. */
@NullMarked
package io.batcher.sample.cloud;

import org.jspecify.annotations.NullMarked;
