/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import org.jspecify.annotations.Nullable;

/** What stops the start: what is wrong, and what to do about it. Names of batchers are in double quotes. */
final class BatcherConfigurationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String description;
    private final String action;

    BatcherConfigurationException(String description, String action) {
        this(description, action, null);
    }

    BatcherConfigurationException(String description, String action, @Nullable Throwable cause) {
        super(description + " " + action, cause);
        this.description = description;
        this.action = action;
    }

    String description() {
        return description;
    }

    String action() {
        return action;
    }
}
