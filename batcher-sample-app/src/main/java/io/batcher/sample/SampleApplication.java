/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** The gateway. The starter on the class path is all that it needs from the library. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class SampleApplication {

    /** Starts the gateway, which runs until it is stopped. */
    public static void main(String[] args) {
        SpringApplication.run(SampleApplication.class, args);
    }
}
