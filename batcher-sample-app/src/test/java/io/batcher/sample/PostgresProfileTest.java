/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.junit.jupiter.api.Test;

/** Two gateways with the profile "postgres" share their readings. */
class PostgresProfileTest {

    @Test
    void twoGatewaysDeliverEachSensorInOrder() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
            TwoGateways.deliverEachSensorInOrder(
                    "--spring.profiles.active=postgres",
                    "--spring.datasource.url=" + postgres.getJdbcUrl("postgres", "postgres"));
        }
    }
}
