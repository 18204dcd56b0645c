/**
 * What a user of a batcher touches.
 *
 * <p>The way of an item, and where each step is described:
 *
 * <ol>
 *   <li><b>add</b>: {@link io.batcher.Batcher#add} accepts it, or {@link io.batcher.Overflow} decides;
 *   <li><b>buffer</b>: it waits, at most {@link io.batcher.BatcherBuilder#capacity capacity} items in all;
 *   <li><b>trigger</b>: a {@link io.batcher.FlushReason} comes true;
 *   <li><b>flush</b>: the items that wait become a {@link io.batcher.Batch};
 *   <li><b>handler</b>: a {@link io.batcher.BatchConsumer} or an {@link io.batcher.AsyncBatchConsumer} gets it, one at a
 *       time;
 *   <li><b>outcome</b>: handled, tried again as {@link io.batcher.RetryPolicy} says ({@link io.batcher.BatchFailure}), given
 *       up ({@link io.batcher.DeadLetter}) or handed back ({@link io.batcher.CloseResult}).
 * </ol>
 */
@NullMarked
package io.batcher;

import org.jspecify.annotations.NullMarked;
