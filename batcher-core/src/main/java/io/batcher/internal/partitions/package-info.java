/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * What a batcher with a store has beside one in memory: lanes that are partitions of the store, what is read into them and recorded of them,
 * the room of the store. Knows no lock and no loop, calls no callback.
 */
@NullMarked
package io.batcher.internal.partitions;

import org.jspecify.annotations.NullMarked;
