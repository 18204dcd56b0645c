/** Shared by the internal packages and the actuator endpoint. Not public API. */
@NullMarked
package io.batcher.spring.internal;

import org.jspecify.annotations.NullMarked;
