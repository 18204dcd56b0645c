/** The actuator endpoint {@code batchers}: monitors, flushes, pauses and resumes batchers. */
@NullMarked
package io.batcher.spring.actuate;

import org.jspecify.annotations.NullMarked;
