/** Metrics and observations of batchers. Nothing is recorded per item. */
@NullMarked
package io.batcher.spring.metrics;

import org.jspecify.annotations.NullMarked;
