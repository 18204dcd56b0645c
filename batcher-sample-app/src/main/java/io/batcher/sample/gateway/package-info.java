/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** The use of the batcher: readings are added to it one at a time, and its batches are sent to the cloud. */
@NullMarked
package io.batcher.sample.gateway;

import org.jspecify.annotations.NullMarked;
