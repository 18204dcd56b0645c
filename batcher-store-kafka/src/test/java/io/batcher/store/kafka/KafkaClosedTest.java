/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import io.batcher.store.fixtures.ClosedBatcherContract;
import io.batcher.store.fixtures.StoreHarness;

class KafkaClosedTest extends ClosedBatcherContract {

    @Override
    protected StoreHarness openHarness() {
        return new KafkaHarness();
    }
}
