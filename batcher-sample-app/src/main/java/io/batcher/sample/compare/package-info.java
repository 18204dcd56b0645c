/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** Measures what batching saves. */
@NullMarked
package io.batcher.sample.compare;

import org.jspecify.annotations.NullMarked;
