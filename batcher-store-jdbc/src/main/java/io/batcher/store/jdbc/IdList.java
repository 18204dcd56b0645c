/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * Ids of the items of a recorded batch, in order, as bytes: a format byte, then for each id the difference to the one before, zigzag
 * coded as a variable-length number. A batch of consecutive ids has a byte an item. Part of the stored format.
 */
final class IdList {

    private static final int FORMAT = 1;

    private IdList() {}

    static byte[] encode(long[] ids) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(ids.length + 16);
        out.write(FORMAT);
        long last = 0;
        for (long id : ids) {
            long delta = id - last;
            last = id;
            for (long rest = (delta << 1) ^ (delta >> 63); ; rest >>>= 7) {
                if ((rest & ~0x7fL) == 0) {
                    out.write((int) rest);
                    break;
                }
                out.write((int) (rest & 0x7f) | 0x80);
            }
        }
        return out.toByteArray();
    }

    /**
     * Returns the ids.
     *
     * @throws IllegalArgumentException if the bytes are no such list
     */
    static long[] decode(byte[] bytes) {
        if (bytes.length == 0 || bytes[0] != FORMAT) {
            throw new IllegalArgumentException("the list of recorded items has an unknown format");
        }
        long[] ids = new long[bytes.length - 1];
        int count = 0;
        long last = 0;
        int at = 1;
        while (at < bytes.length) {
            long coded = 0;
            int shift = 0;
            byte next;
            do {
                if (at == bytes.length || shift > 63) {
                    throw new IllegalArgumentException("the list of recorded items is cut off");
                }
                next = bytes[at++];
                coded |= (long) (next & 0x7f) << shift;
                shift += 7;
            } while (next < 0);
            last += (coded >>> 1) ^ -(coded & 1);
            ids[count++] = last;
        }
        return Arrays.copyOf(ids, count);
    }
}
