/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.store.fixtures.ClosedBatcherContract;
import io.batcher.store.fixtures.StoreHarness;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class FileClosedTest extends ClosedBatcherContract {

    @TempDir
    Path directory;

    @Override
    protected StoreHarness openHarness() {
        return new FileHarness(directory.resolve("store"));
    }
}
