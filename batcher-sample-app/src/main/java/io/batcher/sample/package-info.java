/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * A gateway that accepts readings one at a time and sends them to a cloud API in batches.
 *
 * <ul>
 *   <li>{@code gateway}: start here. {@code ReadingsController} adds readings to the batcher, {@code ReadingForwarder} handles its batches.
 *   <li>{@code cloud}: the client of the cloud API, and a built-in stand-in for that API.
 *   <li>{@code compare}, {@code replay}, {@code startup}: measures what batching saves; replays a CSV file; runs both at startup.
 *   <li>{@code page}: pushes the state of the gateway to the page at {@code /}.
 *   <li>{@code http}: JSON, limits and error responses.
 * </ul>
 */
@NullMarked
package io.batcher.sample;

import org.jspecify.annotations.NullMarked;
