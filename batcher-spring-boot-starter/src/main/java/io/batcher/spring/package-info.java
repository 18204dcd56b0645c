/** Batchers as beans: the annotations, the registry and the hooks of an application. */
@NullMarked
package io.batcher.spring;

import org.jspecify.annotations.NullMarked;
