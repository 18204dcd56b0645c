/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store;

import io.batcher.store.fixtures.ClosedBatcherContract;
import io.batcher.store.fixtures.FakeHarness;
import io.batcher.store.fixtures.StoreHarness;

class FakeStoreClosedTest extends ClosedBatcherContract {

    @Override
    protected StoreHarness openHarness() {
        return new FakeHarness();
    }
}
