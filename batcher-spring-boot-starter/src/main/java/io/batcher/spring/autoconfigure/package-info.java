/** Auto-configurations, failure analyzers, runtime hints and ahead-of-time processing. */
@NullMarked
package io.batcher.spring.autoconfigure;

import org.jspecify.annotations.NullMarked;
