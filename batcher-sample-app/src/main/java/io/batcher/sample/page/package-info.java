/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * The page at {@code /}: {@link io.batcher.sample.page.Sampler} takes snapshots, {@link io.batcher.sample.page.Broadcaster} pushes them.
 * The page itself is in {@code src/main/resources/static}.
 */
@NullMarked
package io.batcher.sample.page;

import org.jspecify.annotations.NullMarked;
