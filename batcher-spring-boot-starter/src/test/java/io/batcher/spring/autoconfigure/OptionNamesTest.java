/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import static io.batcher.spring.autoconfigure.StartFailures.assertFailure;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.spring.BatchHandler;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** S1: properties that are misspelled or in a wrong place stop the start, and are not silently ignored. */
class OptionNamesTest {

    private static final String OPTIONS =
            "Correct it. The options are auto-flush, capacity, eager, handler-timeout, interval,"
                    + " item-type, max-batch-size, max-batch-weight, max-block, overflow, retry.delay, retry.isolate-poison,"
                    + " retry.jitter, retry.max-attempts, retry.max-delay, retry.multiplier, retry.retry-on, shutdown-timeout.";

    private final ApplicationContextRunner contexts = Contexts.inVirtualTime();
    private final ApplicationContextRunner readings = contexts.withUserConfiguration(Readings.class);

    @ParameterizedTest
    @CsvSource({"intervall, interval", "max-attempts, retry.max-attempts", "retry.max-attempt, retry.max-attempts"})
    void anOptionThatDoesNotExist(String wrong, String meant) {
        String property = "batcher.instances.readings." + wrong;
        assertFailure(
                readings.withPropertyValues(property + "=3"),
                "Batcher \"readings\" is not configured properly: " + property + " (\"" + property
                        + "\" from property source \"test\") is no option. Did you mean \"" + meant + "\"?",
                OPTIONS);
    }

    @Test
    void aDefaultThatDoesNotExist() {
        assertFailure(
                contexts.withPropertyValues("batcher.defaults.retry.max-attempt=3"),
                "batcher.defaults is not configured properly: batcher.defaults.retry.max-attempt"
                        + " (\"batcher.defaults.retry.max-attempt\" from property source \"test\") is no option."
                        + " Did you mean \"retry.max-attempts\"?",
                OPTIONS);
    }

    @Test
    void aGroupThatDoesNotExist() {
        assertFailure(
                readings.withPropertyValues("batcher.instance.readings.interval=1s"),
                "There is no group of properties batcher.instance. Did you mean \"instances\"?",
                "Correct its name.");
    }

    @Test
    void aBatcherInAWrongPlace() {
        assertFailure(
                readings.withPropertyValues("batcher.readings.interval=1s"),
                "The options of batcher \"readings\" are in a wrong place: batcher.readings.",
                "Move them to batcher.instances.readings.");
    }

    @Test
    void whatTheApplicationHasBesideThemIsItsOwn() {
        readings.withPropertyValues("batcher.company.colour=red", "batcher.instances.readings.maxBatchSize=7")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @ParameterizedTest
    @CsvSource({
        "batcher.health.max-age=0s, 'max-age must be more than zero, but was PT0S'",
        "batcher.health.max-consecutive-failures=0, 'max-consecutive-failures must be at least 1, but was 0'",
        "batcher.endpoint.flush-timeout=-1s, 'flush-timeout must not be negative, but was PT-1S'"
    })
    void aLimitThatMakesNoSense(String property, String message) {
        contexts.withPropertyValues(property)
                .run(context -> assertThat(context).getFailure().rootCause().hasMessage(message));
    }

    static class Readings {

        @BatchHandler("readings")
        void handle(List<Reading> batch) {}
    }
}
