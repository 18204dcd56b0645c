/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.options;

import static io.batcher.spring.autoconfigure.StartFailures.assertFailure;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.spring.BatchHandler;
import io.batcher.spring.fixtures.Contexts;
import io.batcher.spring.fixtures.Reading;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** S1: invalid values fail startup with a description and an action. */
class OptionFailureTest {

    private static final String NOT_PROPER = "Batcher \"readings\" is not configured properly: ";
    private static final String CORRECT =
            "Correct batcher.instances.readings, or batcher.defaults from which it inherits.";

    private final ApplicationContextRunner contexts = Contexts.inVirtualTime();
    private final ApplicationContextRunner readings = contexts.withUserConfiguration(Readings.class);

    @Test
    void aValueThatTheBuilderRefuses() {
        assertFailure(
                readings.withPropertyValues("batcher.instances.readings.max-batch-size=0"),
                NOT_PROPER + "maxBatchSize must be at least 1, but was 0.",
                CORRECT);
    }

    @Test
    void aCombinationThatTheBuilderRefuses() {
        assertFailure(
                readings.withPropertyValues(
                        "batcher.defaults.max-batch-size=200", "batcher.instances.readings.capacity=100"),
                NOT_PROPER + "capacity must not be less than maxBatchSize, but 100 < 200; raise capacity or lower"
                        + " maxBatchSize.",
                CORRECT);
    }

    @Test
    void aPaceWithAnOptionMissing() {
        assertFailure(
                readings.withPropertyValues("batcher.instances.readings.pace.calls=10"),
                NOT_PROPER + "pace.calls needs pace.per, but was set to 10 without; set pace.per too.",
                CORRECT);
        assertFailure(
                readings.withPropertyValues("batcher.instances.readings.pace.per=1s"),
                NOT_PROPER + "pace.per needs pace.calls, but was set to PT1S without; set pace.calls too.",
                CORRECT);
        assertFailure(
                readings.withPropertyValues("batcher.instances.readings.pace.burst=3"),
                NOT_PROPER + "pace.burst needs pace.calls and pace.per, but was set to 3 without; set pace.calls and"
                        + " pace.per too.",
                CORRECT);
    }

    @Test
    void aPaceThatTheBuilderRefuses() {
        assertFailure(
                readings.withPropertyValues("batcher.instances.readings.pace.calls=0"),
                NOT_PROPER + "pace.calls must be at least 1, but was 0.",
                CORRECT);
        assertFailure(
                readings.withPropertyValues("batcher.instances.readings.pace.per=0s"),
                NOT_PROPER + "pace.per must be more than zero, but was PT0S.",
                CORRECT);
        assertFailure(
                readings.withPropertyValues("batcher.instances.readings.pace.burst=0"),
                NOT_PROPER + "pace.burst must be at least 1, but was 0.",
                CORRECT);
        assertFailure(
                readings.withPropertyValues("batcher.instances.readings.max-retry-after=0s"),
                NOT_PROPER + "maxRetryAfter must be more than zero, but was PT0S.",
                CORRECT);
    }

    @Test
    void aDefaultOfAPaceThatEachBatcherCompletesIsNoFailure() {
        readings.withPropertyValues("batcher.defaults.pace.per=1s", "batcher.instances.readings.pace.calls=3")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void aDefaultOfAPaceThatIsRefusedAlthoughTheBatcherOverridesIt() {
        assertFailure(
                readings.withPropertyValues("batcher.defaults.pace.burst=0", "batcher.instances.readings.pace.burst=2"),
                "batcher.defaults is not configured properly: pace.burst must be at least 1, but was 0.",
                "Correct batcher.defaults.");
    }

    @Test
    void aValueThatCannotBeConverted() {
        assertFailure(
                readings.withPropertyValues("batcher.instances.readings.overflow=explode"),
                NOT_PROPER + "batcher.instances.readings.overflow has the value \"explode\""
                        + fromTest("batcher.instances.readings.overflow")
                        + ", which is invalid: valid values are reject,"
                        + " block, drop-newest, drop-oldest.",
                "Correct the value.");
    }

    @Test
    void anItemTypeThatDoesNotExist() {
        assertFailure(
                contexts.withPropertyValues("batcher.instances.audit.item-type=com.acme.Nothing"),
                "Batcher \"audit\" is not configured properly: batcher.instances.audit.item-type has the value"
                        + " \"com.acme.Nothing\"" + fromTest("batcher.instances.audit.item-type")
                        + ", which is invalid: the class is not on the class path; use its fully"
                        + " qualified name.",
                "Correct the value.");
    }

    @Test
    void aCauseThatIsNoThrowable() {
        assertFailure(
                readings.withPropertyValues("batcher.instances.readings.retry.retry-on=java.lang.String"),
                NOT_PROPER + "retry.retryOn must contain subclasses of Throwable, but contains java.lang.String.",
                CORRECT);
    }

    @Test
    void aNameWithAValueOfItsOwn() {
        assertFailure(
                readings.withPropertyValues("batcher.instances.readings=5s"),
                NOT_PROPER + "batcher.instances.readings has the value \"5s\"" + fromTest("batcher.instances.readings")
                        + ", which is invalid: a batcher has options below its name, not a"
                        + " value.",
                "Correct the value.");
    }

    @Test
    void aDefaultThatIsRefusedAlthoughThereIsNoBatcher() {
        assertFailure(
                contexts.withPropertyValues("batcher.defaults.interval=-1s"),
                "batcher.defaults is not configured properly: interval must be more than zero, but was PT-1S.",
                "Correct batcher.defaults.");
    }

    @Test
    void defaultsThatContradictEachOtherAlthoughThereIsNoBatcher() {
        assertFailure(
                contexts.withPropertyValues("batcher.defaults.capacity=5", "batcher.defaults.max-batch-size=6"),
                "batcher.defaults is not configured properly: capacity must not be less than maxBatchSize, but 5 < 6;"
                        + " raise capacity or lower maxBatchSize.",
                "Correct batcher.defaults.");
    }

    @Test
    void aDefaultThatTheBatcherOverridesIsStillChecked() {
        assertFailure(
                readings.withPropertyValues("batcher.defaults.capacity=0", "batcher.instances.readings.capacity=5"),
                "batcher.defaults is not configured properly: capacity must be at least 1, but was 0.",
                "Correct batcher.defaults.");
    }

    @Test
    void aDefaultThatEachBatcherCompletesIsNoFailure() {
        readings.withPropertyValues(
                        "batcher.defaults.retry.isolate-poison=true", "batcher.instances.readings.retry.max-attempts=3")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void aDefaultThatCannotBeConverted() {
        assertFailure(
                contexts.withPropertyValues("batcher.defaults.retry.max-attempts=many"),
                "batcher.defaults is not configured properly: batcher.defaults.retry.max-attempts has the value \"many\""
                        + fromTest("batcher.defaults.retry.max-attempts") + ","
                        + " which is invalid: For input string: \"many\".",
                "Correct the value.");
    }

    @Test
    void anItemTypeForAll() {
        assertFailure(
                contexts.withPropertyValues("batcher.defaults.item-type=java.lang.String"),
                "batcher.defaults.item-type has no meaning: each batcher has its own item type.",
                "Remove it, and set batcher.instances.<name>.item-type for batchers without a @BatchHandler method.");
    }

    @Test
    void aWeightWithoutAWeigher() {
        assertFailure(
                readings.withPropertyValues("batcher.instances.readings.max-batch-weight=10"),
                NOT_PROPER + "maxBatchWeight needs a weigher, but was set to 10 without one; set weigher too.",
                "Correct batcher.instances.readings, batcher.defaults, or the BatcherCustomizer beans.");
    }

    @Test
    void aSchedulerThatDoesNotExist() {
        assertFailure(
                Contexts.inRealTime()
                        .withUserConfiguration(Readings.class)
                        .withPropertyValues("batcher.scheduler=nowhere"),
                "batcher.scheduler names the bean 'nowhere', which does not exist. Known schedulers:"
                        + " batcherTaskScheduler.",
                "Name a TaskScheduler or ScheduledExecutorService bean, or remove batcher.scheduler.");
    }

    @Test
    void aSchedulerThatIsNone() {
        assertFailure(
                Contexts.inRealTime()
                        .withBean("text", String.class, () -> "text")
                        .withPropertyValues("batcher.scheduler=text"),
                "batcher.scheduler names the bean 'text', which is a java.lang.String. Known schedulers:"
                        + " batcherTaskScheduler.",
                "Name a TaskScheduler or ScheduledExecutorService bean, or remove batcher.scheduler.");
    }

    private static String fromTest(String property) {
        return " (\"" + property + "\" from property source \"test\")";
    }

    static class Readings {

        @BatchHandler("readings")
        void handle(List<Reading> batch) {}
    }
}
