/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import io.batcher.store.fixtures.MembershipContract;
import io.batcher.store.fixtures.StoreHarness;

class KafkaMembershipTest extends MembershipContract {

    KafkaMembershipTest() {
        super(3);
    }

    @Override
    protected StoreHarness openHarness() {
        return new KafkaHarness();
    }
}
