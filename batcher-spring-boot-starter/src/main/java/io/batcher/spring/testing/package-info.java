/** Test support for applications that use batchers. */
@NullMarked
package io.batcher.spring.testing;

import org.jspecify.annotations.NullMarked;
