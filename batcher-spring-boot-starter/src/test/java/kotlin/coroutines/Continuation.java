/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package kotlin.coroutines;

/** Stands in for the type of Kotlin's library: the last parameter of each suspending function, in byte code. */
public interface Continuation<T> {}
