/** The process-wide threads, timers and what a run of the flush loop needs of a thread. Knows no batcher. */
@NullMarked
package io.batcher.internal.threads;

import org.jspecify.annotations.NullMarked;
