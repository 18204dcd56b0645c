/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks.stores;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The floor of a latency: a page is appended to a file and forced to disk, then the item is handled. */
final class Fsync implements StoreContender {

    private static final int PAGE = 4_096;

    private final FileChannel file;
    private final Handled handled;

    Fsync(Path directory, Handled handled) throws IOException {
        this.file =
                FileChannel.open(directory.resolve("pages"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        this.handled = handled;
    }

    @Override
    public void add(byte[] item) throws IOException {
        file.write(ByteBuffer.allocate(PAGE).put(item).rewind());
        file.force(false);
        handled.add(1);
    }

    @Override
    public void deliver() {}

    @Override
    public long stored() {
        return 0;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
