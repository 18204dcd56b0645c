/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store;

import java.util.Objects;
import java.util.function.Function;

/**
 * Turns items into bytes and back. The type names the format and, where it changes, its version: it is stored with each item, and a
 * codec reads only what has its own type. Never use a class name that a reader would load.
 *
 * <p>Must be thread-safe. What {@code write} throws goes to the caller that adds; an item that {@code read} refuses goes to the dead
 * letters.
 *
 * @param <T> the item type
 */
public interface ItemCodec<T> {

    /** The longest type name. */
    int MAX_TYPE_LENGTH = 200;

    /** Returns the name of the format, from 1 to {@value #MAX_TYPE_LENGTH} characters. */
    String type();

    /** Returns the item as bytes. The caller may keep them. */
    byte[] write(T item);

    /** Returns the item of these bytes. */
    T read(byte[] bytes);

    /**
     * Makes a codec of two functions.
     *
     * @throws IllegalArgumentException if the type is blank or longer than {@value #MAX_TYPE_LENGTH} characters
     */
    static <T> ItemCodec<T> of(String type, Function<T, byte[]> write, Function<byte[], T> read) {
        Objects.requireNonNull(write, "write");
        Objects.requireNonNull(read, "read");
        if (type.isBlank() || type.length() > MAX_TYPE_LENGTH) {
            throw new IllegalArgumentException(
                    "type must have from 1 to " + MAX_TYPE_LENGTH + " characters, but was \"" + type + "\"");
        }
        return new ItemCodec<>() {
            @Override
            public String type() {
                return type;
            }

            @Override
            public byte[] write(T item) {
                return write.apply(item);
            }

            @Override
            public T read(byte[] bytes) {
                return read.apply(bytes);
            }
        };
    }

    /** Returns a codec of strings as UTF-8. Refuses a string with a lone surrogate, which UTF-8 cannot represent. */
    static ItemCodec<String> strings() {
        return of("string", Utf8::encode, Utf8::decode);
    }

    /** Returns a codec of byte arrays, which are stored as they are and not copied. */
    static ItemCodec<byte[]> bytes() {
        return of("bytes", Function.identity(), Function.identity());
    }
}
