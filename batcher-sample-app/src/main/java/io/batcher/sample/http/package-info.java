/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** JSON, limits and error responses of the HTTP API. */
@NullMarked
package io.batcher.sample.http;

import org.jspecify.annotations.NullMarked;
