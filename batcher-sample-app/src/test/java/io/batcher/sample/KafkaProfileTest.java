/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import io.batcher.store.kafka.Broker;
import org.junit.jupiter.api.Test;

/** Two gateways with the profile "kafka" share their readings. */
class KafkaProfileTest {

    @Test
    void twoGatewaysDeliverEachSensorInOrder() {
        Broker broker = Broker.shared();
        broker.createFor("batcher-", "readings", 16);
        TwoGateways.deliverEachSensorInOrder(
                "--spring.profiles.active=kafka",
                "--spring.kafka.bootstrap-servers=" + broker.servers(),
                "--spring.datasource.url=jdbc:h2:mem:kafka");
    }
}
