/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** Compares the cost of Batcher with a bare queue and with other libraries. */
@NullMarked
package io.batcher.benchmarks;

import org.jspecify.annotations.NullMarked;
