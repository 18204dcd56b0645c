/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** Replays a CSV file through the batcher. */
@NullMarked
package io.batcher.sample.replay;

import org.jspecify.annotations.NullMarked;
