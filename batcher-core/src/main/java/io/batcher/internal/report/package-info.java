/** User callbacks and log lines. */
@NullMarked
package io.batcher.internal.report;

import org.jspecify.annotations.NullMarked;
