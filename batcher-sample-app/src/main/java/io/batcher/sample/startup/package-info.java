/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** Runs the comparison and the replay when the gateway is up. */
@NullMarked
package io.batcher.sample.startup;

import org.jspecify.annotations.NullMarked;
