/** Virtual time, for tests of code that uses a batcher: "500 ms later" costs nothing and nothing sleeps. */
@NullMarked
package io.batcher.testing;

import org.jspecify.annotations.NullMarked;
