/** One batch, its attempts and their outcomes. Knows no lock and no loop. */
@NullMarked
package io.batcher.internal.delivery;

import org.jspecify.annotations.NullMarked;
