/**
 * The engine, not exported. The path of an item:
 *
 * <pre>
 *   add      DefaultBatcher          claims a slot of the ItemBuffer, or asks Admission: next chunk, or overflow policy
 *   due      state.FlushTrigger      the rule that says what is due, and when; FlushTimer fires for what is due later
 *   loop     FlushLoop               one run at a time, on a thread that LoopRunner takes from the executor
 *   lane     lanes.Lanes             which order an item belongs to, and which one is served next
 *   call     delivery.Attempt        calls the handler with a FrozenBatch, watches its timeout and its stage
 *   outcome  state.Settlement        RetryVerdict: handled, kept (RetryQueue, RetryDelay, Bisection) or given up (GivenUp)
 *   tell     report.Callbacks        calls onError, onDeadLetter, onDrop and the listener
 *   close    Shutdown                last attempts, then hand-back
 * </pre>
 *
 * <p>{@code buffer} stores items and knows no batch, handler or time. {@code delivery} knows one batch and its attempts, no lock and no
 * loop. {@code lanes} knows the orders of items, no lock and no callback. {@code threads} knows no batcher. {@code report} calls user callbacks and
 * writes the log. {@code state} decides what is done, the flow does it. {@code store} and {@code partitions} are for a batcher with a store only.
 *
 * <p>One lock guards all state, and {@link io.batcher.internal.state.Engine} alone has it; see its package. No user code runs with the lock
 * held. The state table and every callback with its thread are in docs/concurrency.md.
 */
@NullMarked
package io.batcher.internal;

import org.jspecify.annotations.NullMarked;
