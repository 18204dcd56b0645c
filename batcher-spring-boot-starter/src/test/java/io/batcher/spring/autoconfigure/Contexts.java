/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import io.batcher.spring.testing.UseVirtualTime;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Contexts to try the starter in. */
final class Contexts {

    /** What the starter does where the libraries for it are there. */
    static final AutoConfigurations OF_OPTIONAL_LIBRARIES = AutoConfigurations.of(
            BatcherEndpointAutoConfiguration.class,
            BatcherHealthContributorAutoConfiguration.class,
            BatcherMetricsAutoConfiguration.class,
            BatcherObservationAutoConfiguration.class);

    private Contexts() {}

    /** Packages that the contexts are not to find, with commas; the build runs all tests without each optional library. */
    private static final @Nullable String ABSENT = System.getProperty("batcher.absent");

    /** The starter, all of it, in real time. */
    static ApplicationContextRunner inRealTime() {
        ApplicationContextRunner runner = new ApplicationContextRunner()
                .withConfiguration(OF_OPTIONAL_LIBRARIES)
                .withConfiguration(AutoConfigurations.of(
                        BatcherAutoConfiguration.class,
                        TaskExecutionAutoConfiguration.class,
                        TaskSchedulingAutoConfiguration.class));
        return ABSENT == null ? runner : runner.withClassLoader(new FilteredClassLoader(ABSENT.split(",")));
    }

    /** The starter, all of it, in virtual time. */
    static ApplicationContextRunner inVirtualTime() {
        return inRealTime().withUserConfiguration(UseVirtualTime.VirtualTimeConfiguration.class);
    }
}
