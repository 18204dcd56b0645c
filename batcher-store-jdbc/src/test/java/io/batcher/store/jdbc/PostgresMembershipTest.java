/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.store.fixtures.MembershipContract;
import io.batcher.store.fixtures.StoreHarness;

class PostgresMembershipTest extends MembershipContract {

    PostgresMembershipTest() {
        super(10);
    }

    @Override
    protected StoreHarness openHarness() {
        return new PostgresHarness();
    }
}
