/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.handler;

import static io.batcher.spring.autoconfigure.StartFailures.assertFailure;

import io.batcher.BatchFailure;
import io.batcher.spring.BatchErrorHandler;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.DeadLetterHandler;
import io.batcher.spring.fixtures.Contexts;
import io.batcher.spring.fixtures.Reading;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import kotlin.coroutines.Continuation;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.scheduling.annotation.Async;

/** S1: unsupported signatures fail startup with a description and an action. */
class SignatureFailureTest {

    private static final String TEST = SignatureFailureTest.class.getName();

    private final ApplicationContextRunner contexts = Contexts.inVirtualTime();

    @Test
    void aRawList() {
        assertWrong(
                RawList.class,
                "@BatchHandler(\"raw\")",
                "its parameter java.util.List<?> does not declare the item type; declare it, as in" + " List<Reading>");
    }

    @Test
    void aListOfAnything() {
        assertWrong(
                ListOfAnything.class,
                "@BatchHandler(\"anything\")",
                "its parameter java.util.List<?> does not declare the item type; declare it, as in" + " List<Reading>");
    }

    @Test
    void aTypeVariableThatNothingResolves() {
        assertWrong(
                Unresolved.class,
                "@BatchHandler(\"unresolved\")",
                "its parameter java.util.List<?> does not declare the item type; declare it, as in" + " List<Reading>");
    }

    @Test
    void aParameterOfAnotherType() {
        assertWrong(
                MapParameter.class,
                "@BatchHandler(\"map\")",
                "it takes one Map, but must take one List, Collection, Iterable or Batch");
    }

    @Test
    void twoParameters() {
        assertWrong(
                TwoParameters.class,
                "@BatchHandler(\"two\")",
                "it takes 2 parameters, but must take one List, Collection, Iterable or Batch");
    }

    @Test
    void noParameter() {
        assertWrong(
                NoParameter.class, "@DeadLetterHandler(\"none\")", "it takes nothing, but must take one DeadLetter");
    }

    @Test
    void aBatchInPlaceOfAFailure() {
        assertWrong(
                ErrorHandlerOfAList.class,
                "@BatchErrorHandler(\"list\")",
                "it takes one List, but must take one BatchFailure");
    }

    @Test
    void aReturnTypeThatIsNotTheEndOfTheBatch() {
        assertWrong(
                ReturnsFuture.class,
                "@BatchHandler(\"future\")",
                "it returns Future, but must return nothing, a CompletionStage or a reactive type");
    }

    @Test
    void anErrorHandlerThatReturnsAStage() {
        assertWrong(
                AsyncErrorHandler.class,
                "@BatchErrorHandler(\"stage\")",
                "it returns CompletableFuture, but must return nothing");
    }

    @Test
    void anAsyncMethodThatReturnsNothing() {
        assertWrong(
                AsyncHandler.class,
                "@BatchHandler(\"async\")",
                "it is @Async and returns nothing, so its batch would count as handled before it has run; remove"
                        + " @Async, the method already runs on a thread of the batcher");
    }

    @Test
    void aSuspendingFunctionOfKotlin() {
        String suspends = "it is a suspending Kotlin function, which is not supported; ";
        assertWrong(
                Suspending.class,
                "@BatchHandler(\"suspending\")",
                suspends
                        + "write a function without \"suspend\" that returns nothing, a CompletionStage or a reactive type"
                        + " (a Mono from mono { }, for example)");
        assertWrong(
                SuspendingError.class,
                "@BatchErrorHandler(\"error\")",
                suspends + "write a function without \"suspend\" that returns nothing");
        assertWrong(
                SuspendingDeadLetter.class,
                "@DeadLetterHandler(\"dead\")",
                suspends + "write a function without \"suspend\" that returns nothing");
    }

    private void assertWrong(Class<?> handler, String annotation, String what) {
        String batcher = annotation.substring(annotation.indexOf('"'), annotation.length() - 1);
        assertFailure(
                contexts.withUserConfiguration(handler),
                "The handler method " + TEST + "$" + handler.getSimpleName() + ".handle of batcher " + batcher
                        + " has an unsupported signature: " + what + ".",
                "Correct the method with " + annotation + ".");
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

    static class ErrorHandlerOfAList {

        @BatchErrorHandler("list")
        void handle(List<String> batch) {}
    }

    static class ReturnsFuture {

        @BatchHandler("future")
        Future<?> handle(List<String> batch) {
            return CompletableFuture.completedFuture(null);
        }
    }

    static class AsyncErrorHandler {

        @BatchErrorHandler("stage")
        CompletableFuture<Void> handle(BatchFailure<Reading> failure) {
            return CompletableFuture.completedFuture(null);
        }
    }

    static class AsyncHandler {

        @Async
        @BatchHandler("async")
        void handle(List<String> batch) {}
    }

    static class Suspending {

        @BatchHandler("suspending")
        Object handle(List<String> batch, Continuation<Void> continuation) {
            return batch;
        }
    }

    static class SuspendingError {

        @BatchErrorHandler("error")
        Object handle(BatchFailure<String> failure, Continuation<Void> continuation) {
            return failure;
        }
    }

    static class SuspendingDeadLetter {

        @DeadLetterHandler("dead")
        Object handle(Continuation<Void> continuation) {
            return continuation;
        }
    }
}
