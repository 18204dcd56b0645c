/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.actuate;

import java.util.Map;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * All batchers.
 *
 * @param batchers by name, sorted
 */
public record BatchersDescriptor(Map<String, BatcherDescriptor> batchers) implements OperationResponseBody {}
