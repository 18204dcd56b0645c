/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import io.batcher.spring.internal.BatcherConfigurationException;
import io.batcher.spring.internal.store.SharedStore;
import java.util.function.Supplier;

/** Turns a value that a store refuses into a failure of the startup. */
final class StoreSettings {

    private StoreSettings() {}

    static SharedStore apply(String group, Supplier<SharedStore> store) {
        try {
            return store.get();
        } catch (IllegalArgumentException e) {
            throw new BatcherConfigurationException(
                    group + " is not configured properly: " + e.getMessage() + ".", "Correct " + group + ".", e);
        }
    }
}
