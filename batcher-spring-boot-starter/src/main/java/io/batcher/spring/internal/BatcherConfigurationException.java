/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal;

import org.jspecify.annotations.Nullable;

/** Thrown when the configuration of batchers is invalid, which fails startup. Tells the cause and the action. */
public final class BatcherConfigurationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String description;
    private final String action;

    public BatcherConfigurationException(String description, String action) {
        this(description, action, null);
    }

    public BatcherConfigurationException(String description, String action, @Nullable Throwable cause) {
        super(description + " " + action, cause);
        this.description = description;
        this.action = action;
    }

    public String description() {
        return description;
    }

    public String action() {
        return action;
    }
}
