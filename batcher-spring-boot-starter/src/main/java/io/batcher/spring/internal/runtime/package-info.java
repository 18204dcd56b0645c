/** Batchers at run time: creation, threads, handlers, registry, shutdown. */
@NullMarked
package io.batcher.spring.internal.runtime;

import org.jspecify.annotations.NullMarked;
