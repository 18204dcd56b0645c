/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** Compares batchers that keep their items in a store with loops written by hand and with other libraries. */
@NullMarked
package io.batcher.benchmarks.stores;

import org.jspecify.annotations.NullMarked;
