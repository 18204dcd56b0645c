/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import io.batcher.Batch;
import io.batcher.sample.cloud.CloudStore;
import io.batcher.spring.BatchHandler;
import org.springframework.stereotype.Component;

/**
 * Passes batches on to the cloud. The annotation makes a {@code Batcher<Reading>} bean of the name {@code readings}, configured in
 * {@code application.yml}.
 *
 * <p>A call that fails needs no code here: the batch stays, the starter logs the failure, and the batch is sent again with the
 * same id. The id goes along as idempotency key: if the cloud had stored the batch and only its answer was lost, it stores nothing
 * twice.
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
}
