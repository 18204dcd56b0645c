/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store;

import java.time.Duration;

/**
 * How much a store holds for a batcher, dead letters not included.
 *
 * @param items how many items
 * @param oldestAge how long the oldest of them has been stored; zero if there are none
 */
public record StoreCount(long items, Duration oldestAge) {}
