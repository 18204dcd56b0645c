/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.docs.snippet;

import io.batcher.docs.Fixtures;
import io.batcher.docs.Fixtures.Reading;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatchKey;
import java.io.IOException;
import java.util.List;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;

/** The application class that {@code @SpringBootTest} examples find in a package above them. */
@SpringBootConfiguration
@EnableAutoConfiguration
public class GatewayApplication {

    @BatchHandler("readings")
    public void send(List<Reading> batch) throws IOException {
        Fixtures.cloud.post(batch);
    }

    /** For the options that need one. */
    @BatchKey("readings")
    static String sensor(Reading reading) {
        return reading.sensor();
    }
}
