/** Which batchers there are: from properties and annotated methods to bean definitions. */
@NullMarked
package io.batcher.spring.internal.definition;

import org.jspecify.annotations.NullMarked;
