/** The process-wide threads, timers, and the thread-related state of the flush loop. Knows no batcher. */
@NullMarked
package io.batcher.internal.threads;

import org.jspecify.annotations.NullMarked;
