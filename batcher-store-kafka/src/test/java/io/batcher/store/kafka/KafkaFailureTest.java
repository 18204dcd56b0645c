/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import io.batcher.store.fixtures.FailureContract;
import io.batcher.store.fixtures.StoreHarness;
import org.junit.jupiter.api.Tag;

@Tag("soak")
class KafkaFailureTest extends FailureContract {

    @Override
    protected StoreHarness openHarness() {
        return new KafkaHarness();
    }
}
