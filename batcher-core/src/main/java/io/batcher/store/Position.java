/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store;

/** Identifies a stored item in its store. Opaque; {@code equals} and {@code hashCode} are those of a value, the string shows no content. */
public interface Position {}
