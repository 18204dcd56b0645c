/** Public API of the starter: annotations, registry, properties and customizers. */
@NullMarked
package io.batcher.spring;

import org.jspecify.annotations.NullMarked;
