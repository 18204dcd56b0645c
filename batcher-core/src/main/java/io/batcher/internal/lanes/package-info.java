/** The lanes of a batcher: what there is once per order of items, and which of them is served next. Knows no lock and no callback. */
@NullMarked
package io.batcher.internal.lanes;

import org.jspecify.annotations.NullMarked;
