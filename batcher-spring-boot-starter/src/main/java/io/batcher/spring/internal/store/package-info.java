/** Stores: finds the store and the codec of a batcher, and observes what it does with them. */
@NullMarked
package io.batcher.spring.internal.store;

import org.jspecify.annotations.NullMarked;
