/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * The flow of a batcher with a store: what threads do in the store before, between and after the transitions. The lanes are in {@code partitions},
 * the transitions in {@code state}.
 *
 * <pre>
 *   add      StoreIntake             asks for room, appends to the store, wakes lanes
 *   loop     StoreDelivery               reads items, records attempts and outcomes; called by the FlushLoop
 *   call     TransactionalHandlers       the handler and its record in one transaction
 *   others   PartitionEvents         partitions come and go; StorePoller asks what other processes have done
 * </pre>
 */
@NullMarked
package io.batcher.internal.store;

import org.jspecify.annotations.NullMarked;
