/**
 * The engine, not exported. The path of an item:
 *
 * <pre>
 *   add      DefaultBatcher          claims a slot of the ItemBuffer, or asks Admission: next chunk, or overflow policy
 *   due      FlushTrigger            the rule that says what is due, and when; FlushTimer fires for what is due later
 *   loop     FlushLoop               one run at a time, on a thread that LoopRunner takes from the executor
 *   call     delivery.Attempt        calls the handler with a FrozenBatch, watches its timeout and its stage
 *   outcome  Settlement              RetryVerdict: handled, kept (RetryQueue, RetryDelay, Bisection) or given up (GivenUp)
 *   tell     report.Callbacks        calls onError, onDeadLetter, onDrop and the listener
 *   close    Shutdown                last attempts, then hand-back
 * </pre>
 *
 * <p>{@code buffer} stores items and knows no batch, handler or time. {@code delivery} knows one batch and its attempts, no lock and no
 * loop. {@code threads} knows no batcher. {@code report} calls user callbacks and writes the log.
 *
 * <p>One lock guards all state, and {@link io.batcher.internal.Engine} alone has it: {@link io.batcher.internal.FlushMachine} and its parts,
 * {@link io.batcher.internal.LoopControl} for the loop and {@link io.batcher.internal.Lane} for the items, are reachable only in a transition
 * that the engine makes. A transition records in a {@link io.batcher.internal.Decision} what to do after the lock is released: no user code
 * runs with the lock held. The state table and every callback with its thread are in docs/concurrency.md.
 */
@NullMarked
package io.batcher.internal;

import org.jspecify.annotations.NullMarked;
