/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.BatchFailure;
import io.batcher.DeadLetter;
import io.batcher.spring.BatchErrorHandler;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatcherCustomizer;
import io.batcher.spring.DeadLetterHandler;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.Async;

/** S1: what stops the start, and what the analysis says. */
class StartupFailureTest {

    private static final String TEST = StartupFailureTest.class.getName();

    private final ApplicationContextRunner contexts = Contexts.inVirtualTime();

    @Test
    void aConfiguredNameThatNothingHandles() {
        FailureAnalysis failure = failure(contexts.withUserConfiguration(Readings.class)
                .withPropertyValues("batcher.instances.reading.interval=1s"));
        assertThat(failure.getDescription())
                .isEqualTo("Batcher \"reading\" is configured (batcher.instances.reading), but there is no method with"
                        + " @BatchHandler(\"reading\") and no item-type. Known batchers: \"readings\"."
                        + " Did you mean \"readings\"?");
        assertThat(failure.getAction())
                .isEqualTo(
                        "Correct the name, add a method with @BatchHandler(\"reading\") to a bean (one whose class its"
                                + " definition tells: a @Bean method returns the class itself, not an interface), or set"
                                + " batcher.instances.reading.item-type.");
    }

    @Test
    void aConfiguredNameWithoutAnyBatcher() {
        assertThat(failure(contexts.withPropertyValues("batcher.instances.lonely.eager=true"))
                        .getDescription())
                .endsWith("There are no batchers.");
    }

    @Test
    void twoHandlersForOneName() {
        FailureAnalysis failure = failure(contexts.withUserConfiguration(Readings.class, OtherReadings.class));
        assertThat(failure.getDescription())
                .isEqualTo(
                        "Batcher \"readings\" has two handlers of the same kind: @BatchHandler(\"readings\") on " + TEST
                                + "$Readings.handle of bean 'startupFailureTest.Readings' and @BatchHandler(\"readings\") on "
                                + TEST
                                + "$OtherReadings.other of bean 'startupFailureTest.OtherReadings'.");
        assertThat(failure.getAction())
                .isEqualTo("Remove one of them, or give it another name; a batcher has one method for each purpose.");
    }

    @Test
    void twoErrorHandlersForOneName() {
        assertThat(failure(contexts.withUserConfiguration(Readings.class, TwoErrorHandlers.class))
                        .getDescription())
                .startsWith(
                        "Batcher \"readings\" has two handlers of the same kind: @BatchErrorHandler(\"readings\") on ");
    }

    @Test
    void aRawList() {
        FailureAnalysis failure = failure(contexts.withUserConfiguration(RawList.class));
        assertThat(failure.getDescription())
                .isEqualTo(
                        "The handler method " + TEST + "$RawList.handle of batcher \"raw\" has a wrong signature: its"
                                + " parameter java.util.List<?> does not tell the item type; write List<Reading>, with your own type"
                                + " instead of Reading.");
        assertThat(failure.getAction()).isEqualTo("Correct the method that has @BatchHandler(\"raw\").");
    }

    @Test
    void aListOfAnything() {
        assertThat(failure(contexts.withUserConfiguration(ListOfAnything.class)).getDescription())
                .contains("batcher \"anything\"", "java.util.List<?> does not tell the item type");
    }

    @Test
    void aTypeVariableThatNothingResolves() {
        assertThat(failure(contexts.withUserConfiguration(Unresolved.class)).getDescription())
                .contains("batcher \"unresolved\"", "does not tell the item type");
    }

    @Test
    void aParameterOfAnotherType() {
        assertThat(failure(contexts.withUserConfiguration(MapParameter.class)).getDescription())
                .endsWith(
                        "has a wrong signature: it takes one Map, but has to take one List, Collection, Iterable or Batch.");
    }

    @Test
    void twoParameters() {
        assertThat(failure(contexts.withUserConfiguration(TwoParameters.class)).getDescription())
                .endsWith("it takes 2 parameters, but has to take one List, Collection, Iterable or Batch.");
    }

    @Test
    void noParameter() {
        assertThat(failure(contexts.withUserConfiguration(NoParameter.class)).getDescription())
                .endsWith("it takes nothing, but has to take one DeadLetter.");
    }

    @Test
    void aReturnTypeThatIsNotTheEndOfTheBatch() {
        assertThat(failure(contexts.withUserConfiguration(ReturnsFuture.class)).getDescription())
                .endsWith("it returns Future, but may return nothing, a CompletionStage or a reactive type.");
    }

    @Test
    void anErrorHandlerThatReturnsAStage() {
        assertThat(failure(contexts.withUserConfiguration(Readings.class, AsyncErrorHandler.class))
                        .getDescription())
                .endsWith("it returns CompletableFuture, but may return nothing.");
    }

    @Test
    void anAsyncMethodThatReturnsNothing() {
        assertThat(failure(contexts.withUserConfiguration(AsyncHandler.class)).getDescription())
                .contains("batcher \"async\"", "it is @Async and returns nothing");
    }

    @Test
    void anErrorHandlerWithoutABatcher() {
        assertThat(failure(contexts.withUserConfiguration(Readings.class, Orphan.class))
                        .getDescription())
                .isEqualTo("There is no batcher \"redings\" for @DeadLetterHandler(\"redings\") on " + TEST
                        + "$Orphan.dead of bean 'startupFailureTest.Orphan'. Known batchers: \"readings\"."
                        + " Did you mean \"readings\"?");
    }

    @Test
    void anErrorHandlerForItemsOfAnotherType() {
        assertThat(failure(contexts.withUserConfiguration(Readings.class, OtherType.class))
                        .getDescription())
                .isEqualTo("Batcher \"readings\" has items of type " + Reading.class.getName()
                        + ", but @BatchErrorHandler(\"readings\") on " + TEST
                        + "$OtherType.failed of bean 'startupFailureTest.OtherType' takes java.lang.String.");
    }

    @Test
    void anItemTypeThatTheHandlerDoesNotTake() {
        FailureAnalysis failure = failure(contexts.withUserConfiguration(Readings.class)
                .withPropertyValues("batcher.instances.readings.item-type=java.lang.Long"));
        assertThat(failure.getDescription()).startsWith("Batcher \"readings\" has items of type java.lang.Long, but ");
        assertThat(failure.getAction()).contains("batcher.instances.readings.item-type");
    }

    @Test
    void anItemTypeThatDoesNotExist() {
        assertThat(failure(contexts.withPropertyValues("batcher.instances.audit.item-type=com.acme.Nothing"))
                        .getDescription())
                .startsWith(
                        "Batcher \"audit\" is not configured properly: batcher.instances.audit.item-type has the value"
                                + " \"com.acme.Nothing\"")
                .contains("com.acme.Nothing");
    }

    @Test
    void aValueThatTheBuilderRefuses() {
        FailureAnalysis failure = failure(contexts.withUserConfiguration(Readings.class)
                .withPropertyValues("batcher.instances.readings.max-batch-size=0"));
        assertThat(failure.getDescription())
                .isEqualTo(
                        "Batcher \"readings\" is not configured properly: maxBatchSize must be at least 1, but was 0.");
        assertThat(failure.getAction())
                .isEqualTo("Correct batcher.instances.readings, or batcher.defaults from which it inherits.");
    }

    @Test
    void aCombinationThatTheBuilderRefuses() {
        assertThat(failure(contexts.withUserConfiguration(Readings.class)
                                .withPropertyValues(
                                        "batcher.defaults.max-batch-size=200",
                                        "batcher.instances.readings.capacity=100"))
                        .getDescription())
                .isEqualTo(
                        "Batcher \"readings\" is not configured properly: capacity must not be less than maxBatchSize, but"
                                + " 100 < 200; raise capacity or lower maxBatchSize.");
    }

    @Test
    void aValueThatCannotBeConverted() {
        assertThat(failure(contexts.withUserConfiguration(Readings.class)
                                .withPropertyValues("batcher.instances.readings.overflow=explode"))
                        .getDescription())
                .startsWith(
                        "Batcher \"readings\" is not configured properly: batcher.instances.readings.overflow has the value"
                                + " \"explode\"")
                .endsWith("which is refused: it may be reject, block, drop-newest, drop-oldest.");
    }

    @Test
    void anOptionThatDoesNotExist() {
        FailureAnalysis failure = failure(contexts.withUserConfiguration(Readings.class)
                .withPropertyValues("batcher.instances.readings.intervall=1s"));
        assertThat(failure.getDescription())
                .startsWith("Batcher \"readings\" is not configured properly: batcher.instances.readings.intervall (")
                .endsWith(") is no option. Did you mean \"interval\"?");
        assertThat(failure.getAction())
                .startsWith("Correct it. The options are auto-flush, capacity, ")
                .endsWith("retry.retry-on, shutdown-timeout.");
    }

    @Test
    void anOptionInAWrongPlace() {
        assertThat(failure(contexts.withUserConfiguration(Readings.class)
                                .withPropertyValues("batcher.instances.readings.max-attempts=3"))
                        .getDescription())
                .endsWith(" is no option. Did you mean \"retry.max-attempts\"?");
        assertThat(failure(contexts.withPropertyValues("batcher.defaults.retry.max-attempt=3"))
                        .getDescription())
                .startsWith("batcher.defaults is not configured properly: batcher.defaults.retry.max-attempt (")
                .endsWith(" is no option. Did you mean \"retry.max-attempts\"?");
    }

    @Test
    void aGroupThatDoesNotExist() {
        assertThat(failure(contexts.withUserConfiguration(Readings.class)
                                .withPropertyValues("batcher.instance.readings.interval=1s"))
                        .getDescription())
                .isEqualTo("There is no group of properties batcher.instance. Did you mean \"instances\"?");
    }

    @Test
    void aBatcherInAWrongPlace() {
        FailureAnalysis failure = failure(
                contexts.withUserConfiguration(Readings.class).withPropertyValues("batcher.readings.interval=1s"));
        assertThat(failure.getDescription())
                .isEqualTo("The options of batcher \"readings\" are in a wrong place: batcher.readings.");
        assertThat(failure.getAction()).isEqualTo("Move them to batcher.instances.readings.");
    }

    @Test
    void whatTheApplicationHasBesideThemIsItsOwn() {
        contexts.withUserConfiguration(Readings.class)
                .withPropertyValues("batcher.company.colour=red", "batcher.instances.readings.maxBatchSize=7")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void aLimitOfHealthOrEndpointThatMakesNoSense() {
        assertRefused("batcher.health.max-age=0s", "max-age must be more than zero, but was PT0S");
        assertRefused(
                "batcher.health.max-consecutive-failures=0", "max-consecutive-failures must be at least 1, but was 0");
        assertRefused("batcher.endpoint.flush-timeout=-1s", "flush-timeout must not be negative, but was PT-1S");
    }

    private void assertRefused(String property, String message) {
        contexts.withPropertyValues(property)
                .run(context -> assertThat(context).getFailure().rootCause().hasMessage(message));
    }

    @Test
    void aCauseWithoutItsPackage() {
        assertThat(failure(contexts.withUserConfiguration(Readings.class)
                                .withPropertyValues("batcher.instances.readings.retry.retry-on=IOException"))
                        .getDescription())
                .startsWith("Batcher \"readings\" is not configured properly: batcher.instances.readings.retry.retry-on"
                        + " has the value \"IOException\"")
                .endsWith("which is refused: there is no such class on the class path; give its full name, with the"
                        + " package.");
    }

    @Test
    void aCauseThatIsNoThrowable() {
        assertThat(failure(contexts.withUserConfiguration(Readings.class)
                                .withPropertyValues("batcher.instances.readings.retry.retry-on=java.lang.String"))
                        .getDescription())
                .isEqualTo("Batcher \"readings\" is not configured properly: retry.retryOn must name throwables, but"
                        + " java.lang.String is none.");
    }

    @Test
    void aNameWithAValueOfItsOwn() {
        assertThat(failure(contexts.withUserConfiguration(Readings.class)
                                .withPropertyValues("batcher.instances.readings=5s"))
                        .getDescription())
                .startsWith("Batcher \"readings\" is not configured properly: batcher.instances.readings has the value"
                        + " \"5s\"");
    }

    @Test
    void aDefaultThatIsRefusedAlthoughThereIsNoBatcher() {
        FailureAnalysis failure = failure(contexts.withPropertyValues("batcher.defaults.interval=-1s"));
        assertThat(failure.getDescription())
                .isEqualTo(
                        "batcher.defaults is not configured properly: interval must be more than zero, but was PT-1S.");
        assertThat(failure.getAction()).isEqualTo("Correct batcher.defaults.");
    }

    @Test
    void aDefaultThatCannotBeConverted() {
        assertThat(failure(contexts.withPropertyValues("batcher.defaults.retry.max-attempts=many"))
                        .getDescription())
                .startsWith(
                        "batcher.defaults is not configured properly: batcher.defaults.retry.max-attempts has the value"
                                + " \"many\"");
    }

    @Test
    void anItemTypeForAll() {
        assertThat(failure(contexts.withPropertyValues("batcher.defaults.item-type=java.lang.String"))
                        .getDescription())
                .isEqualTo("batcher.defaults.item-type has no meaning: each batcher has an item type of its own.");
    }

    @Test
    void namesThatAreEqualWithoutHyphens() {
        assertThat(failure(contexts.withPropertyValues(
                                "batcher.instances.order-audit.item-type=java.lang.String",
                                "batcher.instances.orderaudit.item-type=java.lang.String"))
                        .getDescription())
                .isEqualTo(
                        "The batchers \"order-audit\" and \"orderaudit\" have names that are equal without hyphens, so that"
                                + " an environment variable could mean either.");
    }

    @Test
    void aNameThatBreaksTheRule() {
        assertThat(failure(contexts.withPropertyValues("batcher.instances.orderAudit.item-type=java.lang.String"))
                        .getDescription())
                .startsWith("The name of a batcher is refused in batcher.instances.orderAudit: name must match")
                .contains("but was \"orderAudit\"; \"order-audit\" would do");
        assertThat(failure(contexts.withUserConfiguration(BadName.class)).getDescription())
                .startsWith("The name of a batcher is refused in @BatchHandler(\"Bad Name\") on " + TEST
                        + "$BadName.handle");
    }

    @Test
    void aPlaceholderThatCannotBeResolved() {
        FailureAnalysis failure = failure(contexts.withUserConfiguration(Placeholder.class));
        assertThat(failure.getDescription())
                .startsWith("The name in @BatchHandler(\"${nowhere.defined}\") on " + TEST
                        + "$Placeholder.handle cannot be resolved: ");
        assertThat(failure.getAction()).isEqualTo("Define the property, or give a default as in ${name:default}.");
    }

    @Test
    void aBeanNameThatIsTaken() {
        FailureAnalysis failure = failure(contexts.withUserConfiguration(Readings.class)
                .withBean("readingsBatcher", String.class, () -> "taken"));
        assertThat(failure.getDescription())
                .isEqualTo(
                        "The bean of batcher \"readings\" has to be called 'readingsBatcher', but that bean exists and is a"
                                + " java.lang.String.");
        assertThat(failure.getAction()).isEqualTo("Rename that bean, or the batcher.");
    }

    @Test
    void aHandlerThatItsDefinitionHides() {
        FailureAnalysis failure = failure(contexts.withUserConfiguration(BehindInterface.class));
        assertThat(failure.getDescription())
                .isEqualTo("The handler of batcher \"hidden\" is hidden: @BatchHandler(\"hidden\") on " + TEST
                        + "$HiddenHandler.handle of bean 'hidden' was found only when the bean was created, because its"
                        + " definition tells another type.");
        assertThat(failure.getAction())
                .isEqualTo("Declare the class itself, " + TEST
                        + "$HiddenHandler, as the return type of the @Bean method, not" + " an interface of it.");
    }

    @Test
    void aHandlerThatAJdkProxyHides() {
        FailureAnalysis failure = failure(contexts.withUserConfiguration(JdkProxy.class));
        assertThat(failure.getDescription())
                .startsWith("The handler of batcher \"proxied\" cannot be called: @BatchHandler(\"proxied\") on " + TEST
                        + "$ProxiedHandler.handle of bean 'proxied' is hidden by a proxy. ");
        assertThat(failure.getAction()).startsWith("Let Spring proxy the class");
    }

    @Test
    void aCustomizerThatLeavesAContradiction() {
        assertThat(failure(contexts.withUserConfiguration(Readings.class)
                                .withPropertyValues("batcher.instances.readings.max-batch-weight=10"))
                        .getDescription())
                .isEqualTo(
                        "Batcher \"readings\" is not configured properly: maxBatchWeight needs a weigher, but was set to 10"
                                + " without one; set weigher too.");
    }

    @Test
    void aHandlerBesideOneThatACustomizerSets() {
        assertThat(failure(contexts.withUserConfiguration(Readings.class)
                                .withBean(
                                        BatcherCustomizer.class, () -> (name, builder) -> builder.handler(batch -> {})))
                        .getDescription())
                .isEqualTo("Batcher \"readings\" has two handlers: @BatchHandler(\"readings\") on " + TEST
                        + "$Readings.handle of bean 'startupFailureTest.Readings' and one that was set in code.");
    }

    @Test
    void aSchedulerThatDoesNotExist() {
        FailureAnalysis failure = failure(Contexts.inRealTime()
                .withUserConfiguration(Readings.class)
                .withPropertyValues("batcher.scheduler=nowhere"));
        assertThat(failure.getDescription())
                .isEqualTo("batcher.scheduler names the bean 'nowhere', which does not exist. Known schedulers:"
                        + " batcherTaskScheduler.");
    }

    /** Finds the failure as an application would, through its analyzers. */
    private static FailureAnalysis failure(ApplicationContextRunner contexts) {
        AtomicReference<FailureAnalysis> found = new AtomicReference<>();
        contexts.run(context -> {
            assertThat(context).hasFailed();
            FailureAnalyzer analyzer = new BatcherFailureAnalyzer();
            found.set(analyzer.analyze(context.getStartupFailure()));
        });
        assertThat(found.get()).isNotNull();
        return found.get();
    }

    static class Readings {

        @BatchHandler("readings")
        void handle(List<Reading> batch) {}
    }

    static class OtherReadings {

        @BatchHandler("readings")
        void other(List<Reading> batch) {}
    }

    static class TwoErrorHandlers {

        @BatchErrorHandler("readings")
        void one(BatchFailure<Reading> failure) {}

        @BatchErrorHandler("readings")
        void two(BatchFailure<Reading> failure) {}
    }

    static class RawList {

        @BatchHandler("raw")
        void handle(List batch) {}
    }

    static class ListOfAnything {

        @BatchHandler("anything")
        void handle(List<?> batch) {}
    }

    static class Unresolved<T> {

        @BatchHandler("unresolved")
        void handle(List<T> batch) {}
    }

    static class MapParameter {

        @BatchHandler("map")
        void handle(Map<String, String> batch) {}
    }

    static class TwoParameters {

        @BatchHandler("two")
        void handle(List<String> batch, String more) {}
    }

    static class NoParameter {

        @DeadLetterHandler("none")
        void handle() {}
    }

    static class ReturnsFuture {

        @BatchHandler("future")
        Future<?> handle(List<String> batch) {
            return CompletableFuture.completedFuture(null);
        }
    }

    static class AsyncErrorHandler {

        @BatchErrorHandler("readings")
        CompletableFuture<Void> failed(BatchFailure<Reading> failure) {
            return CompletableFuture.completedFuture(null);
        }
    }

    static class AsyncHandler {

        @Async
        @BatchHandler("async")
        void handle(List<String> batch) {}
    }

    static class Orphan {

        @DeadLetterHandler("redings")
        void dead(DeadLetter<Reading> letter) {}
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

    interface Port {}

    static class HiddenHandler implements Port {

        @BatchHandler("hidden")
        void handle(List<String> batch) {}
    }

    @Configuration(proxyBeanMethods = false)
    static class BehindInterface {

        @Bean
        Port hidden() {
            return new HiddenHandler();
        }
    }

    static class ProxiedHandler implements Runnable {

        @Override
        public void run() {}

        @BatchHandler("proxied")
        public void handle(List<String> batch) {}
    }

    @Configuration(proxyBeanMethods = false)
    static class JdkProxy {

        @Bean
        ProxiedHandler proxied() {
            return new ProxiedHandler();
        }

        @Bean
        static org.springframework.aop.framework.autoproxy.BeanNameAutoProxyCreator proxies() {
            var creator = new org.springframework.aop.framework.autoproxy.BeanNameAutoProxyCreator();
            creator.setBeanNames("proxied");
            creator.setProxyTargetClass(false);
            creator.setInterceptorNames("interceptor");
            return creator;
        }

        @Bean
        static org.aopalliance.intercept.MethodInterceptor interceptor() {
            return org.aopalliance.intercept.Joinpoint::proceed;
        }
    }
}
