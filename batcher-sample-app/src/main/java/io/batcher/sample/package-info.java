/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * A gateway that takes readings one at a time and passes them on to a cloud API in batches. Start with
 * {@link io.batcher.sample.ReadingsController}, where readings enter the batcher, and
 * {@link io.batcher.sample.ReadingForwarder}, where batches leave it; the rest shows what that gains.
 */
@NullMarked
package io.batcher.sample;

import org.jspecify.annotations.NullMarked;
