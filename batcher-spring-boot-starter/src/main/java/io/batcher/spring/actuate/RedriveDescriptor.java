/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.actuate;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * Result of a redrive.
 *
 * @param redriven number of items that were appended again
 * @param left number of letters that are left
 */
public record RedriveDescriptor(String name, int redriven, long left) implements OperationResponseBody {}
