/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * The flow of a batcher with a store: what threads do in the store before, between and after the transitions. The lanes are in {@code stored},
 * the transitions in {@code state}.
 *
 * <pre>
 *   add      StoreIntake             asks for room, appends to the store, wakes lanes
 *   loop     StoreLoop               reads items, records attempts and outcomes; called by the FlushLoop
 *   call     StoreTransactions       the handler and its record in one transaction
 *   others   PartitionEvents         partitions come and go; StoreChores asks what other processes have done
 * </pre>
 */
@NullMarked
package io.batcher.internal.durable;

import org.jspecify.annotations.NullMarked;
