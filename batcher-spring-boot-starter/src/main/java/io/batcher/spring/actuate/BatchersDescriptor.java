/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.actuate;

import java.util.Map;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * Description of all batchers.
 *
 * @param batchers the batchers, sorted by name
 */
public record BatchersDescriptor(Map<String, BatcherDescriptor> batchers) implements OperationResponseBody {}
