/** The health contributor {@code batchers}. */
@NullMarked
package io.batcher.spring.health;

import org.jspecify.annotations.NullMarked;
