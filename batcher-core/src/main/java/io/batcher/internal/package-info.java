/**
 * How a batcher works. Not exported.
 *
 * <pre>
 *   add      DefaultBatcher   claims a slot, or goes to Admission: the next chunk, or the overflow policy
 *   buffer   Intake           bounded, of Chunks that producers fill in place
 *   trigger  FlushMachine     what is due, and why; FlushTimer for what will be
 *   flush    FlushLoop        one run at a time: Taken items become a Delivery
 *   handler  Attempt          one call of the Handler, its timeout, its stage
 *   outcome  Verdict          handled, tried again (RetryQueue, RetryDelay, IsolationPass) or given up (Letter)
 * </pre>
 *
 * <p>One lock guards Intake and FlushMachine; {@link io.batcher.internal.Engine} alone takes it. Transitions decide under it and
 * leave a {@link io.batcher.internal.Decision} to be carried out after it: no user code ever runs with the lock held. The state table
 * and every callback with its thread are in docs/concurrency.md.
 */
@NullMarked
package io.batcher.internal;

import org.jspecify.annotations.NullMarked;
