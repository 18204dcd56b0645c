/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import io.batcher.store.ItemCodec;
import io.batcher.store.ItemStore;
import io.batcher.store.StoreContext;
import java.util.Objects;

/** The rules about the options of a store, and about what else can be set beside one. Stateless. */
final class StoreOptionRules {

    private static final int DEFAULT_CAPACITY = 10_000_000;

    private StoreOptionRules() {}

    /** Checks the number of partitions by itself. */
    static int partitions(int partitions) {
        Require.argument(
                partitions >= 1 && partitions <= StoreContext.MAX_PARTITIONS,
                "partitions must be from 1 to %s, but was %s",
                StoreContext.MAX_PARTITIONS,
                partitions);
        return partitions;
    }

    /** Returns how many items a store may hold unless a capacity is set. */
    static int defaultCapacity(ItemStore store) {
        return store.isBounded() ? DEFAULT_CAPACITY : Integer.MAX_VALUE;
    }

    /** Checks the combinations; a message names both options, why, and what to do. */
    static void check(Options<?> options) {
        if (options.store == null) {
            checkWithoutStore(options);
        } else {
            checkStore(options, options.store);
            checkPartitions(options);
            checkTransactional(options, options.store);
        }
    }

    private static void checkWithoutStore(Options<?> options) {
        Require.argument(
                options.codec == null,
                "codec needs a store, but was set without one: items in memory are not turned into bytes; "
                        + "set store too, or leave codec out");
        Require.argument(
                options.partitions == null,
                "partitions needs a store, but was set to %s without one: in memory there are as many lanes as "
                        + "concurrency; set store too, or leave partitions out",
                options.partitions);
        Require.argument(
                !options.transactional,
                "transactional needs a store, but was set without one: items in memory are part of no transaction; "
                        + "set store too, or leave transactional out");
    }

    private static void checkStore(Options<?> options, ItemStore store) {
        Require.argument(
                options.codec != null,
                "store needs a codec, but was set without one: items are stored as bytes; "
                        + "set codec too, ItemCodec.of(type, write, read) makes one");
        String type = Objects.requireNonNull(options.codec).type();
        Require.argument(
                !type.isBlank() && type.length() <= ItemCodec.MAX_TYPE_LENGTH,
                "codec must have a type from 1 to %s characters, but it has %s: the type is stored with each item; "
                        + "shorten it",
                ItemCodec.MAX_TYPE_LENGTH,
                type.isBlank() ? "a blank one" : type.length());
        Require.argument(
                options.overflow == Overflow.REJECT || options.overflow == Overflow.BLOCK,
                "overflow must be REJECT or BLOCK with a store, but was %s: what is stored is never dropped; "
                        + "set one of these, or leave store out",
                options.overflow);
        Require.argument(
                options.onDrop == null,
                "onDrop cannot be set with a store: what is stored is never dropped; leave onDrop out");
        Require.argument(
                !options.batchPerKey,
                "batchPerKey cannot be set with a store: a partition holds many keys and one recorded batch, which would "
                        + "hold up the other keys; leave batchPerKey out, or leave store out");
        Require.argument(
                options.capacity == null || store.isBounded(),
                "capacity cannot be set with a store of kind %s, but was set to %s: what it holds is not limited by a "
                        + "count; leave capacity out",
                store.kind(),
                options.capacity);
    }

    private static void checkPartitions(Options<?> options) {
        Integer partitions = options.partitions;
        Require.argument(
                partitions == null || partitions == 1 || options.key != null,
                "partitions above 1 needs a key, but was set to %s without one: order would be lost; "
                        + "give a key, or key(item -> null) if you want no order",
                partitions);
        Require.argument(
                partitions == null || partitions >= options.concurrency,
                "partitions must not be less than concurrency, but %s < %s: a call of the handler needs a partition of its "
                        + "own; raise partitions or lower concurrency",
                partitions,
                options.concurrency);
    }

    private static void checkTransactional(Options<?> options, ItemStore store) {
        Require.argument(
                !options.transactional || options.asyncHandler == null,
                "transactional needs a synchronous handler, but asyncHandler was set: a transaction belongs to one thread; "
                        + "set handler instead, or leave transactional out");
        Require.argument(
                !options.transactional || store.isTransactional(),
                "transactional needs a store that runs transactions of the application, but the store of kind %s does not; "
                        + "use a database with the application's transactions, or leave transactional out",
                store.kind());
    }
}
