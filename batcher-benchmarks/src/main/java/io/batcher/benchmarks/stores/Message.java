/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks.stores;

import java.nio.charset.StandardCharsets;

/** An item for libraries that store JSON, where it is about as long as the bytes. */
public record Message(String text) {

    static Message of(byte[] item) {
        return new Message(new String(item, 1, item.length - 1, StandardCharsets.US_ASCII));
    }
}
