/** Options: reads, checks and names the properties of batchers. Knows no beans. */
@NullMarked
package io.batcher.spring.internal.options;

import org.jspecify.annotations.NullMarked;
