/** Annotated methods: finds, checks and calls them. */
@NullMarked
package io.batcher.spring.internal.handler;

import org.jspecify.annotations.NullMarked;
