/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.definition;

import static io.batcher.spring.autoconfigure.StartFailures.assertFailure;

import io.batcher.BatchFailure;
import io.batcher.Batcher;
import io.batcher.DeadLetter;
import io.batcher.spring.BatchErrorHandler;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.DeadLetterHandler;
import io.batcher.spring.fixtures.Contexts;
import io.batcher.spring.fixtures.Reading;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;

/** S1: contradictory names and handlers fail startup with a description and an action. */
class StartupFailureTest {

    private static final String TEST = StartupFailureTest.class.getName();
    private static final String HANDLE =
            "@BatchHandler(\"readings\") on " + TEST + "$Readings.handle of bean 'startupFailureTest.Readings'";

    private static final String OR_OF_A_CHILD =
            " If the batcher belongs to a child context, configure it where only the child reads it, under a separate"
                    + " profile or spring.config.name, or exclude BatcherAutoConfiguration in a parent without batchers.";

    private final ApplicationContextRunner contexts = Contexts.inVirtualTime();
    private final ApplicationContextRunner readings = contexts.withUserConfiguration(Readings.class);

    @Test
    void aConfiguredNameThatNothingHandles() {
        assertFailure(
                readings.withPropertyValues("batcher.instances.reading.interval=1s"),
                "Batcher \"reading\" is configured (batcher.instances.reading), but there is no method with"
                        + " @BatchHandler(\"reading\") and no item-type. Known batchers: \"readings\"."
                        + " Did you mean \"readings\"?",
                "Correct the name, add a method with @BatchHandler(\"reading\") to a bean (its @Bean method must"
                        + " return the class itself, not an interface), or set"
                        + " batcher.instances.reading.item-type." + leftOut("reading") + OR_OF_A_CHILD);
    }

    @Test
    void aConfiguredNameWithoutAnyBatcher() {
        assertFailure(
                contexts.withPropertyValues("batcher.instances.lonely.eager=true"),
                "Batcher \"lonely\" is configured (batcher.instances.lonely), but there is no method with"
                        + " @BatchHandler(\"lonely\") and no item-type. There are no batchers.",
                "Correct the name, add a method with @BatchHandler(\"lonely\") to a bean (its @Bean method must"
                        + " return the class itself, not an interface), or set"
                        + " batcher.instances.lonely.item-type." + leftOut("lonely") + OR_OF_A_CHILD);
    }

    @Test
    void twoHandlersForOneName() {
        assertFailure(
                readings.withUserConfiguration(OtherReadings.class),
                "Batcher \"readings\" has two handlers of the same kind: " + HANDLE
                        + " and @BatchHandler(\"readings\") on " + TEST
                        + "$OtherReadings.other of bean 'startupFailureTest.OtherReadings'.",
                "Remove one of them, or use another batcher name. A batcher has at most one method of each kind.");
    }

    @Test
    void twoErrorHandlersForOneName() {
        assertFailure(
                readings.withUserConfiguration(Failures.class, OtherFailures.class),
                "Batcher \"readings\" has two handlers of the same kind: @BatchErrorHandler(\"readings\") on " + TEST
                        + "$Failures.failed of bean 'startupFailureTest.Failures' and @BatchErrorHandler(\"readings\") on "
                        + TEST + "$OtherFailures.failed of bean 'startupFailureTest.OtherFailures'.",
                "Remove one of them, or use another batcher name. A batcher has at most one method of each kind.");
    }

    @Test
    void anErrorHandlerWithoutABatcher() {
        assertFailure(
                readings.withUserConfiguration(Orphan.class),
                "There is no batcher \"redings\" for @DeadLetterHandler(\"redings\") on " + TEST
                        + "$Orphan.dead of bean 'startupFailureTest.Orphan'. Known batchers: \"readings\"."
                        + " Did you mean \"readings\"?",
                "Correct the name, or add a method with @BatchHandler(\"redings\").");
    }

    @Test
    void anErrorHandlerForABatcherThatTheApplicationBuilds() {
        assertFailure(
                contexts.withUserConfiguration(OwnBatcher.class),
                "Batcher \"readings\" is the application's own bean 'readingsBatcher'; therefore"
                        + " @BatchErrorHandler(\"readings\") on " + TEST
                        + "$OwnBatcher.failed of bean 'startupFailureTest.OwnBatcher' would never be called.",
                "Set a callback on the builder of that bean instead.");
    }

    @Test
    void anErrorHandlerForItemsOfAnotherType() {
        assertFailure(
                readings.withUserConfiguration(OtherType.class),
                "Batcher \"readings\" has items of type " + Reading.class.getName()
                        + ", but @BatchErrorHandler(\"readings\") on " + TEST
                        + "$OtherType.failed of bean 'startupFailureTest.OtherType' takes java.lang.String.",
                "Use the same type in the method and in batcher.instances.readings.item-type.");
    }

    @Test
    void anItemTypeThatTheHandlerDoesNotTake() {
        assertFailure(
                readings.withPropertyValues("batcher.instances.readings.item-type=java.lang.Long"),
                "Batcher \"readings\" has items of type java.lang.Long, but " + HANDLE + " takes "
                        + Reading.class.getName() + ".",
                "Use the same type in the method and in batcher.instances.readings.item-type.");
    }

    @Test
    void namesThatAreEqualWithoutHyphens() {
        assertFailure(
                contexts.withPropertyValues(
                        "batcher.instances.order-audit.item-type=java.lang.String",
                        "batcher.instances.orderaudit.item-type=java.lang.String"),
                "The batchers \"order-audit\" and \"orderaudit\" have names that differ only in hyphens, which an"
                        + " environment variable cannot distinguish.",
                "Rename one of them.");
    }

    @Test
    void aNameThatBreaksTheRule() {
        String rule = ": name must match [a-z][a-z0-9]*(-[a-z0-9]+)* and have at most 64 characters, but was ";
        assertFailure(
                contexts.withPropertyValues("batcher.instances.orderAudit.item-type=java.lang.String"),
                "The batcher name in batcher.instances.orderAudit is invalid" + rule
                        + "\"orderAudit\"; use a name like \"order-audit\".",
                "Choose another name.");
        assertFailure(
                contexts.withUserConfiguration(BadName.class),
                "The batcher name in @BatchHandler(\"Bad Name\") on " + TEST
                        + "$BadName.handle of bean 'startupFailureTest.BadName' is invalid" + rule
                        + "\"Bad Name\"; use a name like \"bad-name\".",
                "Choose another name.");
    }

    @Test
    void aPlaceholderThatCannotBeResolved() {
        assertFailure(
                contexts.withUserConfiguration(Placeholder.class),
                "The name in @BatchHandler(\"${nowhere.defined}\") on " + TEST
                        + "$Placeholder.handle cannot be resolved: Could not resolve placeholder 'nowhere.defined' in"
                        + " value \"${nowhere.defined}\".",
                "Define the property, or add a default, as in ${name:default}.");
    }

    @Test
    void aBeanNameThatIsTaken() {
        assertFailure(
                readings.withBean("readingsBatcher", String.class, () -> "taken"),
                "The bean of batcher \"readings\" must be named 'readingsBatcher', but a bean with this name exists and is a"
                        + " java.lang.String.",
                "Rename that bean, or the batcher.");
    }

    private static String leftOut(String name) {
        return " If the bean is excluded intentionally, by a condition, a profile or a test slice, set"
                + " batcher.instances." + name + ".enabled=false.";
    }

    static class Readings {

        @BatchHandler("readings")
        void handle(List<Reading> batch) {}
    }

    static class OtherReadings {

        @BatchHandler("readings")
        void other(List<Reading> batch) {}
    }

    static class Failures {

        @BatchErrorHandler("readings")
        void failed(BatchFailure<Reading> failure) {}
    }

    static class OtherFailures {

        @BatchErrorHandler("readings")
        void failed(BatchFailure<Reading> failure) {}
    }

    static class Orphan {

        @DeadLetterHandler("redings")
        void dead(DeadLetter<Reading> letter) {}
    }

    static class OwnBatcher {

        @Bean
        static Batcher<Reading> readingsBatcher() {
            return Batcher.<Reading>builder("readings").handler(batch -> {}).build();
        }

        @BatchErrorHandler("readings")
        void failed(BatchFailure<Reading> failure) {}
    }

    static class OtherType {

        @BatchErrorHandler("readings")
        void failed(BatchFailure<String> failure) {}
    }

    static class BadName {

        @BatchHandler("Bad Name")
        void handle(List<String> batch) {}
    }

    static class Placeholder {

        @BatchHandler("${nowhere.defined}")
        void handle(List<String> batch) {}
    }
}
