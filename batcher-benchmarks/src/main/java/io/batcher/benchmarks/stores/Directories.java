/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks.stores;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Empty directories that are deleted after use. */
final class Directories {

    private Directories() {}

    static Path create() throws IOException {
        return Files.createTempDirectory("batcher-stores");
    }

    static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(path -> path.toFile().delete());
        }
    }

    /** Deletes the directory when the contender is closed. */
    static StoreContender deleting(Path directory, StoreContender contender) {
        return new StoreContender() {
            @Override
            public void add(byte[] item) throws Exception {
                contender.add(item);
            }

            @Override
            public void addAll(List<byte[]> items) throws Exception {
                contender.addAll(items);
            }

            @Override
            public void deliver() throws Exception {
                contender.deliver();
            }

            @Override
            public long stored() throws Exception {
                return contender.stored();
            }

            @Override
            public void close() throws Exception {
                contender.close();
                delete(directory);
            }
        };
    }
}
