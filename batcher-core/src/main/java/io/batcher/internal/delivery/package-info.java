/** One batch, its attempts and what became of them. Knows no lock and no loop. */
@NullMarked
package io.batcher.internal.delivery;

import org.jspecify.annotations.NullMarked;
