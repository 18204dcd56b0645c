/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** What Batcher costs, beside the queue it cannot beat and beside its peers. */
@NullMarked
package io.batcher.benchmarks;

import org.jspecify.annotations.NullMarked;
