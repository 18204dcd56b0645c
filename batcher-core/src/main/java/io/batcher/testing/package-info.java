/** Virtual time, for tests of code that uses a batcher. */
@NullMarked
package io.batcher.testing;

import org.jspecify.annotations.NullMarked;
