/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.options;

import io.batcher.BatcherBuilder;
import io.batcher.spring.BatcherProperties.Options;
import io.batcher.spring.BatcherProperties.StoreKind;
import io.batcher.store.ItemCodec;
import io.batcher.store.ItemStore;
import io.batcher.store.StoreContext;
import io.batcher.store.StoreSession;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The options of a batcher's store, collected from several layers; later ones override. With {@code store: memory}, as a test or a
 * profile sets it, the others have no effect.
 *
 * @param kind the store; null if it is not set
 */
public record StoreOptions(
        @Nullable StoreKind kind,
        @Nullable Integer partitions,
        @Nullable Boolean transactional,
        @Nullable String itemName) {

    public static StoreOptions of(List<Options> layers) {
        return new StoreOptions(
                last(layers, Options::store),
                last(layers, Options::partitions),
                last(layers, Options::transactional),
                last(layers, Options::itemName));
    }

    /** Returns whether the items are kept in a store. */
    public boolean hasStore() {
        return kind != null && kind != StoreKind.MEMORY;
    }

    /** Returns whether there is an option that needs a key. */
    boolean needKey() {
        return partitions != null && kind != StoreKind.MEMORY;
    }

    /** Applies the options but for store and codec, which are beans. */
    void apply(BatcherBuilder<?> builder) {
        if (kind == StoreKind.MEMORY) {
            return;
        }
        if (partitions != null) {
            builder.partitions(partitions);
        }
        if (transactional != null) {
            builder.transactional(transactional);
        }
    }

    /** Sets a store and a codec for a check of the other options, before there are beans. */
    void applyPlaceholders(BatcherBuilder<Object> builder) {
        if (hasStore()) {
            builder.store(new Placeholder(Objects.requireNonNull(kind)));
            builder.codec(ItemCodec.of("placeholder", item -> new byte[0], bytes -> bytes));
        }
    }

    private static <V> @Nullable V last(List<Options> layers, Function<Options, @Nullable V> option) {
        V last = null;
        for (Options layer : layers) {
            V value = option.apply(layer);
            last = value == null ? last : value;
        }
        return last;
    }

    /** Has the properties of the store by which the builder checks the other options. */
    private record Placeholder(StoreKind of) implements ItemStore {

        @Override
        public String kind() {
            return of.name().toLowerCase(Locale.ROOT);
        }

        @Override
        public boolean isBounded() {
            return of != StoreKind.KAFKA;
        }

        @Override
        public boolean isTransactional() {
            return of == StoreKind.JDBC;
        }

        @Override
        public StoreSession open(StoreContext context) {
            throw new IllegalStateException("a placeholder is not opened");
        }
    }
}
