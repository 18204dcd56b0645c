/**
 * The public API. The path of an item, and the types that describe each step:
 *
 * <ol>
 *   <li><b>add</b>: {@link io.batcher.Batcher#add} accepts the item; if the buffer is full, {@link io.batcher.Overflow} decides;
 *   <li><b>buffer</b>: the item waits, with at most {@link io.batcher.BatcherBuilder#capacity capacity} items in all;
 *   <li><b>trigger</b>: a {@link io.batcher.FlushReason} applies;
 *   <li><b>flush</b>: the waiting items become a {@link io.batcher.Batch};
 *   <li><b>handler</b>: a {@link io.batcher.BatchConsumer} or {@link io.batcher.AsyncBatchConsumer} gets the batch, one at a time;
 *   <li><b>outcome</b>: the batch is handled, retried ({@link io.batcher.RetryPolicy}, {@link io.batcher.BatchFailure}), given up
 *       ({@link io.batcher.DeadLetter}) or handed back ({@link io.batcher.CloseResult}).
 * </ol>
 */
@NullMarked
package io.batcher;

import org.jspecify.annotations.NullMarked;
