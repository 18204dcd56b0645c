/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/** The checksum of an item: CRC-32C of its type as UTF-8, a zero byte, and its payload. Part of the stored format. */
final class Crc {

    private Crc() {}

    static int of(String type, byte[] payload) {
        CRC32C crc = new CRC32C();
        crc.update(type.getBytes(StandardCharsets.UTF_8));
        crc.update(0);
        crc.update(payload);
        return (int) crc.getValue();
    }
}
