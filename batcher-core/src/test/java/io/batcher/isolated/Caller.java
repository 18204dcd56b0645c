/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.isolated;

import java.util.Map;
import java.util.concurrent.Callable;

/** Calls the probe from a class loader that must become garbage: its classes are on the stack when the shared threads start. */
public final class Caller implements Callable<Map<String, Object>> {

    private final Callable<Map<String, Object>> probe;

    /** Created by reflection. */
    public Caller(Callable<Map<String, Object>> probe) {
        this.probe = probe;
    }

    @Override
    public Map<String, Object> call() throws Exception {
        return probe.call();
    }
}
