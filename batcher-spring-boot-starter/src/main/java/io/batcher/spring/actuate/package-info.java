/** The actuator endpoint {@code batchers}: what waits, and buttons to flush, pause and resume. */
@NullMarked
package io.batcher.spring.actuate;

import org.jspecify.annotations.NullMarked;
