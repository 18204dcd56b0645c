/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample.gateway;

import io.batcher.Batch;
import io.batcher.sample.Reading;
import io.batcher.sample.cloud.CloudClient;
import io.batcher.sample.cloud.CloudStore;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatchKey;
import org.springframework.stereotype.Component;

/**
 * Sends batches to the cloud. The annotation registers the batcher {@code readings} as a {@code Batcher<Reading>} bean. Its options are in
 * {@code application.yml}. The key keeps the readings of each sensor in order, while calls for several sensors run at once.
 *
 * <p>Failures need no code here: the batcher keeps the batch, logs the failure, and retries with the same id. The cloud uses the id as
 * idempotency key: if it had stored the batch and only its response was lost, it stores nothing twice.
 */
@Component
class ReadingForwarder {

    private final CloudClient cloud;

    ReadingForwarder(CloudClient cloud) {
        this.cloud = cloud;
    }

    @BatchHandler("readings")
    void forward(Batch<Reading> batch) {
        cloud.send(CloudStore.GATEWAY, batch.id(), batch);
    }

    @BatchKey("readings")
    static String sensor(Reading reading) {
        return reading.sensor();
    }
}
