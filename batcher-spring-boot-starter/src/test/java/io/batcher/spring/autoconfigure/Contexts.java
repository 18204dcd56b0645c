/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import io.batcher.spring.testing.UseVirtualTime;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Contexts to try the starter in. */
final class Contexts {

    private Contexts() {}

    /** The starter alone, in real time. */
    static ApplicationContextRunner inRealTime() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        BatcherAutoConfiguration.class,
                        TaskExecutionAutoConfiguration.class,
                        TaskSchedulingAutoConfiguration.class));
    }

    /** The starter alone, in virtual time. */
    static ApplicationContextRunner inVirtualTime() {
        return inRealTime().withUserConfiguration(UseVirtualTime.VirtualTimeConfiguration.class);
    }
}
