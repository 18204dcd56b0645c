/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * The page at {@code /}: what it shows is sampled by {@link io.batcher.sample.page.Sampler} and pushed by
 * {@link io.batcher.sample.page.Broadcaster}; the page itself is in {@code src/main/resources/static}.
 */
@NullMarked
package io.batcher.sample.page;

import org.jspecify.annotations.NullMarked;
