/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * The hash that assigns a key to a partition. It is part of the stored format: the same in every process, JVM and version.
 *
 * <p>The key's text is hashed as UTF-8 by 32-bit FNV-1a with a final mix. The text is that of {@code toString}, for enums their name.
 * Numbers that are equal in value but not in text, as {@code 1} and {@code 1.0}, have different hashes.
 */
public final class KeyHash {

    private static final int FNV_OFFSET = 0x811c9dc5;
    private static final int FNV_PRIME = 0x01000193;

    private KeyHash() {}

    /**
     * Returns the partition of a key, from 0.
     *
     * @throws IllegalArgumentException if the key is not a {@code String}, {@code Number}, {@code UUID} or enum
     */
    public static int partition(Object key, int partitions) {
        return Math.floorMod(hash(key), partitions);
    }

    static int hash(Object key) {
        int hash = FNV_OFFSET;
        for (byte b : text(key).getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * FNV_PRIME;
        }
        return mix(hash);
    }

    /** The finalizer of MurmurHash3: the low bits of FNV alone spread short keys badly over few partitions. */
    private static int mix(int hash) {
        int mixed = hash;
        mixed = (mixed ^ (mixed >>> 16)) * 0x85ebca6b;
        mixed = (mixed ^ (mixed >>> 13)) * 0xc2b2ae35;
        return mixed ^ (mixed >>> 16);
    }

    private static String text(Object key) {
        if (key instanceof String || key instanceof Number || key instanceof UUID) {
            return key.toString();
        }
        if (key instanceof Enum<?> constant) {
            return constant.name();
        }
        throw new IllegalArgumentException(
                "A key of a batcher with a store must be a String, Number, UUID or enum, but was a "
                        + key.getClass().getName()
                        + ": other types have no text that is the same in every process. Return one of these from the key function");
    }
}
