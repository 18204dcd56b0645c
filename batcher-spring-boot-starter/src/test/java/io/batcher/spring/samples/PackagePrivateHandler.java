/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.samples;

import io.batcher.spring.BatchHandler;
import java.util.List;

/** A handler method that a class of another package inherits but cannot override. */
public class PackagePrivateHandler {

    @BatchHandler("package-private")
    void handle(List<String> batch) {}
}
