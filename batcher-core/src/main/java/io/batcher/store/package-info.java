/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Where a batcher keeps its items beyond the life of its process, and the interface for those who write a store.
 *
 * <p>Users touch {@link io.batcher.store.ItemStore} and {@link io.batcher.store.ItemCodec}. The rest is what an engine and a store
 * say to each other:
 *
 * <ol>
 *   <li>{@link io.batcher.store.ItemStore#open} gives a {@link io.batcher.store.StoreSession}, one for each batcher;
 *   <li>{@link io.batcher.store.StoreSession#append} makes items durable;
 *   <li>{@link io.batcher.store.PartitionListener#gained} hands over a {@link io.batcher.store.Partition}, which this process owns until
 *       it calls {@link io.batcher.store.Partition#release};
 *   <li>of an owned partition the engine first asks for the {@link io.batcher.store.Partition#recorded} batch, then for the
 *       {@link io.batcher.store.Partition#next} items;
 *   <li>{@link io.batcher.store.Partition#begin} records a batch before each attempt, {@link io.batcher.store.Partition#settle} its
 *       outcome after it.
 * </ol>
 *
 * <p>Only durations cross this interface, never points in time: a shared store measures them by the clock of its database. A call
 * that fails throws {@link io.batcher.BatcherStoreException}; {@link io.batcher.store.PartitionLostException} tells that another
 * process owns the partition.
 */
@NullMarked
package io.batcher.store;

import org.jspecify.annotations.NullMarked;
