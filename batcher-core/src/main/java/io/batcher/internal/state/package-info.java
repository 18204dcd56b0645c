/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * The state of a batcher behind its lock. {@link io.batcher.internal.state.Engine} has the lock and is the one door: {@link
 * io.batcher.internal.state.FlushMachine} and its parts, {@link io.batcher.internal.state.LoopControl} for the loop, {@link
 * io.batcher.internal.state.Outcomes} for the ends of its actions and {@link io.batcher.internal.state.StoreOutcomes} for a store, are reachable
 * only in a transition that the engine makes. A transition records in a {@link io.batcher.internal.state.Decision} what to do after the lock is
 * released.
 */
@NullMarked
package io.batcher.internal.state;

import org.jspecify.annotations.NullMarked;
