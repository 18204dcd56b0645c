/** Auto-configuration: from properties and annotated methods to beans. */
@NullMarked
package io.batcher.spring.autoconfigure;

import org.jspecify.annotations.NullMarked;
