/** Calls user callbacks and writes the log. */
@NullMarked
package io.batcher.internal.report;

import org.jspecify.annotations.NullMarked;
