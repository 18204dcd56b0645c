/** Metrics and observations of batchers; per item nothing is recorded. */
@NullMarked
package io.batcher.spring.metrics;

import org.jspecify.annotations.NullMarked;
