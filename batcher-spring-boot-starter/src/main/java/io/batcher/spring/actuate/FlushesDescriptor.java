/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.actuate;

import io.batcher.spring.actuate.FlushDescriptor.Outcome;
import java.util.Map;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * Results of flushing all batchers.
 *
 * @param batchers the results, sorted by name of the batcher
 */
public record FlushesDescriptor(Map<String, FlushDescriptor> batchers) implements OperationResponseBody {

    boolean succeeded() {
        return batchers.values().stream().allMatch(flush -> flush.outcome() == Outcome.SUCCESS);
    }
}
