/** The bounded queue of accepted items, in chunks that producers fill in place. Knows no batch, handler or time. */
@NullMarked
package io.batcher.internal.buffer;

import org.jspecify.annotations.NullMarked;
